// What every Port has: the readable side with back-pressure, and its state. The carrier pushes bytes in and is told to pause when
// nobody reads; at most `mostBuffered` bytes and one chunk of the carrier's wait here.
//
//   carrier ── push ──► queue ──► readable        push → false: pause me; flow.resume() when there is room again
//   carrier ── end("lost", why) ──► readable ends, listeners hear it once

import type { PortState } from "./port.ts";

const mostBuffered = 1 << 18;

export interface Flow {
  pause(): void;
  resume(): void;
}

export class PortEnd {
  readonly readable: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly #listeners = new Set<(state: PortState, reason?: string) => void>();
  #state: PortState = "open";
  #reason: string | undefined;
  #paused = false;

  constructor(private readonly flow: Flow = { pause: () => {}, resume: () => {} }) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => {
          if (!this.#paused) return;
          this.#paused = false;
          this.flow.resume();
        },
      },
      { highWaterMark: mostBuffered, size: (chunk) => chunk.byteLength },
    );
  }

  get state(): PortState {
    return this.#state;
  }

  /** Why it is no longer open. */
  get reason(): string | undefined {
    return this.#reason;
  }

  push(bytes: Uint8Array): void {
    if (this.#state !== "open" || bytes.length === 0) return;
    try {
      this.#controller.enqueue(bytes);
    } catch {
      return; // the reader cancelled the stream: nobody wants the bytes
    }
    if (this.#paused || (this.#controller.desiredSize ?? 0) > 0) return;
    this.#paused = true;
    this.flow.pause();
  }

  /** true: it was open until now. */
  end(state: "lost" | "closed", reason?: string): boolean {
    if (this.#state !== "open") return false;
    this.#state = state;
    this.#reason = reason;
    try {
      this.#controller.close();
    } catch {
      // cancelled by its reader before
    }
    for (const listener of this.#listeners) listener(state, reason);
    return true;
  }

  onState(listener: (state: PortState, reason?: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
