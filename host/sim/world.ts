// The world around the core of a simulated board: time, clocks, pins, buses and what is fed into sensors.
//
//   time      seconds, counted from cycles at the core clock in use; what must happen at a time is scheduled here
//   clocks    frequencies by name ("core", "uart0", "adc" …), set by the clock controller's model, read by timers and UARTs
//   pins      which signal of which peripheral is routed to which pin ("uart0.tx" → 0); a console on the wrong pin is silent
//   i2c       one bus per controller, by its name, with targets on it
//   usb       one cable per controller, by its name, with a host at its end or none
//   signals   levels between devices of the chip, by name: DMA requests, a DTR line
//   feeds     physical values by sensor input ("accelerometer" in g, "mic" in −1…1, "analog0" in volts), zero-order hold

import type { UsbBus } from "./usb/usb-bus.ts";

export interface Feed {
  /** Values at a time, one per channel; the last ones after its end. Undefined: nothing is connected (the sensor is silent). */
  at(seconds: number): readonly number[] | undefined;
}

/** A target on an I2C bus. A transaction is start … stop; a repeated start is a start without stop. */
export interface I2cTarget {
  readonly address: number;
  /** Addressed. false: NACK. */
  start(reading: boolean): boolean;
  /** false: NACK. */
  write(byte: number): boolean;
  read(): number;
  stop(): void;
}

export interface I2cBus {
  attach(target: I2cTarget): () => void;
  /** SDA is held low by somebody until `clocks` more clocks have come (fault injection); 0: free. */
  holdData(clocks: number): void;
  readonly held: boolean;
  /** A controller clocks the bus without a transaction (recovery). */
  clock(times: number): void;
  /** −1 held, 0 nobody answered, 1 acknowledged. */
  start(address: number, reading: boolean): -1 | 0 | 1;
  write(byte: number): boolean;
  read(): number;
  stop(): void;
}

export interface World {
  /** Since power-on. */
  seconds(): number;
  /** Calls back at a time, also when the core clock changes in between. Returns the function that cancels. */
  after(seconds: number, run: () => void): () => void;
  /** Hz; 0: off. Unknown names are off. */
  clock(name: string): number;
  setClock(name: string, hz: number): void;
  /** Called when that clock's frequency changes. */
  onClock(name: string, listener: (hz: number) => void): void;
  /** Routes a peripheral's signal to a pin; undefined takes it away. */
  route(pin: number, signal: string | undefined): void;
  /** Undefined: not routed. Chips without pin mux in the model answer "any". */
  pinOf(signal: string): number | "any" | undefined;
  signal(name: string): number;
  setSignal(name: string, level: number): void;
  onSignal(name: string, listener: (level: number) => void): void;
  i2c(bus: string): I2cBus;
  usb(bus: string): UsbBus;
  feed(input: string): Feed | undefined;
}
