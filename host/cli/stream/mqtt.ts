// `--mqtt mqtt://host:1883/topic`: results to a broker, through npm's `mqtt`, which is optional and loaded when asked for.
//
//   TOPIC/status    online, offline (retained; the broker says offline when we vanish)      TOPIC/detected   the label
//   TOPIC/result    the result line                                                         TOPIC/boot, warn, ok, crash, summary …
//
// Quality of service 0. While the broker is away, or slower than the device, messages are dropped and counted: nothing piles up here.

import type { MqttClient } from "mqtt";
import type { ConsoleItem } from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { StreamSink } from "./sink.ts";

const connectMilliseconds = 10_000;
const mostInFlight = 1000;

interface Target {
  readonly url: string;
  readonly topic: string;
}

/** The path is the topic; without one: thumbelina. */
export function targetOf(text: string): Target {
  const wrong = (problem: string) =>
    error("usage", { problem: `--mqtt ${text.replace(/\/\/[^@/]*@/, "//")}: ${problem}` });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong("a URL like mqtt://host:1883/topic is expected");
  }
  if (!["mqtt:", "mqtts:", "ws:", "wss:"].includes(url.protocol))
    throw wrong(`${url.protocol} is none of mqtt, mqtts, ws, wss`);
  const isSocket = url.protocol.startsWith("ws");
  const topic = isSocket ? "" : decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, "");
  if (text.includes("#") || /[+\0]/.test(topic) || topic.length > 200) throw wrong("a topic has no + and no #");
  if (!isSocket) url.pathname = "";
  return { url: url.href, topic: topic === "" ? "thumbelina" : topic };
}

async function loadMqtt(): Promise<typeof import("mqtt")> {
  try {
    return await import("mqtt");
  } catch (cause) {
    throw error("no-package", { package: "mqtt@5", reason: String((cause as Error).message).split("\n")[0] ?? "" });
  }
}

export async function openMqtt(text: string): Promise<StreamSink> {
  const { url, topic } = targetOf(text);
  const { connect } = await loadMqtt();
  const client = connect(url, {
    ...{ queueQoSZero: false, reconnectPeriod: 2000, connectTimeout: connectMilliseconds },
    will: { topic: `${topic}/status`, payload: Buffer.from("offline"), qos: 0, retain: true },
  });
  const host = new URL(url).host;
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error & { readonly code?: unknown }) => {
      client.end(true);
      const why = cause.message || (typeof cause.code === "string" ? cause.code : "no connection");
      reject(error("broker", { broker: host, why }));
    };
    const timer = setTimeout(() => fail(new Error("it does not answer")), connectMilliseconds);
    client.once("connect", () => {
      clearTimeout(timer);
      resolve();
    });
    client.once("error", (cause) => {
      clearTimeout(timer);
      fail(cause);
    });
  });
  return new MqttSink(client, topic, host);
}

class MqttSink implements StreamSink {
  #inFlight = 0;
  #sent = 0;
  #dropped = 0;
  #isConnected = false;

  constructor(
    private readonly client: MqttClient,
    private readonly topic: string,
    private readonly host: string,
  ) {
    client.removeAllListeners("error");
    // it connects again by itself
    client.on("error", () => {});
    client.on("connect", () => this.#status());
  }

  take(items: readonly ConsoleItem[]): void {
    for (const item of items) {
      if (item.kind === "result") {
        this.#publish("result", item.line);
        if (typeof item.result.detected === "string") this.#publish("detected", item.result.detected);
      } else if (item.kind === "notice") this.#publish(/^\w{1,40}$/.test(item.name) ? item.name : "notice", item.line);
    }
  }

  connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#status();
  }

  #status(): void {
    if (this.client.connected)
      this.client.publish(`${this.topic}/status`, this.#isConnected ? "online" : "offline", { retain: true });
  }

  #publish(name: string, payload: string): void {
    if (!this.client.connected || this.#inFlight >= mostInFlight) {
      this.#dropped++;
      return;
    }
    this.#inFlight++;
    this.client.publish(`${this.topic}/${name}`, payload, (cause) => {
      this.#inFlight--;
      if (cause) this.#dropped++;
      else this.#sent++;
    });
  }

  async close(): Promise<string> {
    this.connected(false);
    await Promise.race([
      new Promise<void>((resolve) => this.client.end(false, {}, () => resolve())),
      new Promise<void>((resolve) => setTimeout(resolve, 2000).unref()),
    ]);
    return `--mqtt ${this.host}: ${this.#sent} messages to ${this.topic}/…, ${this.#dropped} dropped`;
  }
}
