// The boards of boards/, in the order in which they are listed. A new board is its file and one line here.

import arduinoZero from "../../boards/arduino-zero.ts";
import blackpillF411 from "../../boards/blackpill-f411.ts";
import cortexM0plus from "../../boards/cortex-m0plus.ts";
import cortexM4 from "../../boards/cortex-m4.ts";
import cortexM7 from "../../boards/cortex-m7.ts";
import cortexM33 from "../../boards/cortex-m33.ts";
import esp32Devkitc from "../../boards/esp32-devkitc.ts";
import featherNrf52840 from "../../boards/feather-nrf52840.ts";
import microbit from "../../boards/microbit.ts";
import mkrzero from "../../boards/mkrzero.ts";
import mps2An385 from "../../boards/mps2-an385.ts";
import mps2An386 from "../../boards/mps2-an386.ts";
import mps2An500 from "../../boards/mps2-an500.ts";
import mps2An505 from "../../boards/mps2-an505.ts";
import nano33ble from "../../boards/nano33ble.ts";
import netduinoplus2 from "../../boards/netduinoplus2.ts";
import nucleoF446re from "../../boards/nucleo-f446re.ts";
import nucleoL4r5zi from "../../boards/nucleo-l4r5zi.ts";
import pico from "../../boards/pico.ts";
import pico2 from "../../boards/pico2.ts";
import type { Board } from "./board-types.ts";

export const knownBoards: readonly Board[] = [
  cortexM0plus,
  cortexM4,
  cortexM7,
  cortexM33,
  pico,
  pico2,
  nucleoL4r5zi,
  nucleoF446re,
  nano33ble,
  featherNrf52840,
  blackpillF411,
  mps2An385,
  mps2An386,
  mps2An500,
  mps2An505,
  microbit,
  netduinoplus2,
  arduinoZero,
  mkrzero,
  esp32Devkitc,
];
