// Which microphone of a board an app hears: the one of its hal.audio, or another that the board names (`microphones`). In: a board and the kind
// that the app's sensor is, if it is of one; out: the same board with that microphone's driver in the place of kind `audio`, or without any.

import type { Board, MicrophoneKind } from "./board-types.ts";

export function withMicrophone(board: Board, kind: MicrophoneKind | undefined): Board {
  if (!board.hal || kind === undefined || kind === board.microphone) return board;
  const { audio: _, ...hal } = board.hal;
  const other = board.microphones?.[kind];
  return { ...board, hal: other ? { ...hal, audio: other } : hal };
}
