// A broker of MQTT 3.1.1 (OASIS standard, 2014) as small as a test needs: CONNECT with its will, PUBLISH at quality 0, PINGREQ, DISCONNECT. It
// keeps what it is sent, and publishes the will of a client that vanishes.
//
//   fixed header   type u4 │ flags u4 │ remaining length, 7 bits a byte (2.2.3)

import { createServer, type Server, type Socket } from "node:net";

export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

const [CONNECT, CONNACK, PUBLISH, PINGREQ, PINGRESP, DISCONNECT] = [1, 2, 3, 12, 13, 14] as const;

export class TinyBroker {
  readonly messages: Message[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;

  /** `returnCode`: of CONNACK; 5 is "not authorised". */
  constructor(private readonly returnCode = 0) {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let waiting = Buffer.alloc(0);
    let will: Message | undefined;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (will) this.messages.push(will);
    });
    socket.on("data", (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      for (let packet = take(waiting); packet; packet = take(waiting)) {
        waiting = waiting.subarray(packet.bytes);
        const { type, flags, body } = packet;
        if (type === CONNECT) {
          will = willOf(body);
          socket.write(Buffer.of(CONNACK << 4, 2, 0, this.returnCode));
        } else if (type === PUBLISH) this.messages.push(messageOf(body, flags));
        else if (type === PINGREQ) socket.write(Buffer.of(PINGRESP << 4, 0));
        else if (type === DISCONNECT) {
          will = undefined;
          socket.end();
        }
      }
    });
  }
}

function take(bytes: Buffer): { type: number; flags: number; body: Buffer; bytes: number } | undefined {
  let [length, at] = [0, 1];
  for (let shift = 0; ; shift += 7, at++) {
    const byte = bytes[at];
    if (byte === undefined || shift > 21) return undefined;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  at++;
  if (bytes.length < at + length) return undefined;
  return { type: bytes[0]! >> 4, flags: bytes[0]! & 15, body: bytes.subarray(at, at + length), bytes: at + length };
}

/** 3.1.3: client identifier, then will topic and will message, where flag bit 2 says so. */
function willOf(body: Buffer): Message | undefined {
  const flags = body[7]!;
  let at = 10;
  const field = (): Buffer => {
    const length = body.readUInt16BE(at);
    at += 2 + length;
    return body.subarray(at - length, at);
  };
  field();
  return flags & 4 ? { topic: field().toString(), payload: field().toString(), retain: (flags & 32) !== 0 } : undefined;
}

function messageOf(body: Buffer, flags: number): Message {
  const length = body.readUInt16BE(0);
  const at = 2 + length + (flags & 6 ? 2 : 0);
  return { topic: body.toString("utf8", 2, 2 + length), payload: body.toString("utf8", at), retain: (flags & 1) !== 0 };
}
