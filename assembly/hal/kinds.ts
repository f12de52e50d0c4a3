// The hardware as firmware sees it: one interface per kind of peripheral. A driver is a set of exported functions
// `<driver>_<name>` (pl011_start, pl011_kick, …) in assembly/hal/<family>/; the board's `hal` says which driver serves a kind, and the
// wasm room puts the driver's functions in the place of these imports. A driver asks for its place in the same way:
//
//   @external("config", "console.base") declare const base: usize;      a number of the board's hal.console, constant before optimising
//   @external("ram", "console_flags 8") declare const flags: usize;     8 zeroed bytes of RAM, the same wherever that name is asked for
//   @external("noinit", "fault_record 64")                              as ram, but start-up leaves it alone
//   @external("text", "{\"seq\":")                                      address of that text in flash, ending in a zero byte
//   @external("table", "labels")                                        address of a table that the app or board supplies
//
// Handlers are exported as `<driver>_isr` (or `_isr_tx` …): `hal.<kind>.interrupts` names their numbers. No driver waits without a limit.

/** Brings the core to the board's clock. 0, or why it runs on a fallback instead (clockFailure in wire.ts); hz() is then true all the same. */
@external("clock", "start") export declare function clockStart(): i32;
/** Of the core, in use now. */
@external("clock", "hz") export declare function clockHz(): u32;

/** Pins, baud (from the clock in use), interrupts. Bytes received go to `received` (firmware/console.ts), also from the handler. */
@external("console", "start") export declare function consoleStart(): void;
/** There are bytes to send: the driver takes them by `nextToSend()` (firmware/console.ts) until that is −1, at its own pace. */
@external("console", "kick") export declare function consoleKick(): void;
/** Somebody reads (CDC: DTR is set): another number for every listener, 0 for none. A UART cannot know and says 1. */
@external("console", "connected") export declare function consoleConnected(): i32;
/** What the driver must do outside its handler; called often from the main loop. */
@external("console", "poll") export declare function consolePoll(): void;

/** Starts the time base at 0. */
@external("timer", "start") export declare function timerStart(): void;
/** Microseconds since start, monotonic, also through WFI. Thread mode only. */
@external("timer", "now") export declare function timerNow(): u64;
/** Low 32 bits of the same; any mode. */
@external("timer", "now_low") export declare function timerNowLow(): u32;
/** `alarmFired()` (firmware/tick.ts) is called in the handler once now_low() reaches `at`; at once if that has passed (by less than 2^31). */
@external("timer", "alarm") export declare function timerAlarm(at: u32): void;

/** Cycles of the core, for measuring. */
@external("cycles", "start") export declare function cyclesStart(): void;
@external("cycles", "now") export declare function cyclesNow(): u64;
/** 0: this machine cannot count cycles (QEMU). */
@external("cycles", "known") export declare function cyclesKnown(): i32;

@external("watchdog", "start") export declare function watchdogStart(milliseconds: u32): void;
@external("watchdog", "feed") export declare function watchdogFeed(): void;

/** Why the chip was reset (resetCause in wire.ts); reading it clears it. */
@external("power", "cause") export declare function resetCause(): i32;
/** Does not return. */
@external("power", "reset") export declare function resetNow(): void;
/** Restarts into the chip's boot loader; returns when there is none. */
@external("power", "boot_loader") export declare function enterBootLoader(): void;

/** Blocking, every wait bounded. 0, or i2cFailure of wire.ts. */
@external("i2c", "start") export declare function i2cStart(): i32;
/** Writes, then (repeated start) reads; either length may be 0. Called from the alarm's handler or the main loop, never from both. */
@external("i2c", "transfer")
export declare function i2cTransfer(address: u32, from: usize, writeBytes: u32, into: usize, readBytes: u32): i32;
/** Nine clocks and a stop, for a target that holds SDA (UM10204 3.1.16). 0: the bus is free again. */
@external("i2c", "recover") export declare function i2cRecover(): i32;

/** Microphones and analog inputs: blocks of int16 go to `audioBlock(address, samples)` (firmware/audio.ts) from the handler. */
@external("audio", "start") export declare function audioStart(rate: u32): i32;
@external("audio", "stop") export declare function audioStop(): void;

/** One sector; 0, or flashFailure of wire.ts. Interrupts are off while code cannot be fetched. */
@external("flash", "erase") export declare function flashErase(address: u32): i32;
@external("flash", "program") export declare function flashProgram(address: u32, from: usize, bytes: u32): i32;

/** USB device controllers; the class code in firmware/usb-*.ts is told of setups, packets and resets by the controller's handler.
 *  Endpoint 0 is control, USB_DATA_ENDPOINT bulk both ways, USB_NOTIFY_ENDPOINT interrupt in. Comes up, shows itself once there is VBUS. */
@external("usb", "start") export declare function usbStart(): void;
/** What the driver must do outside its handler. */
@external("usb", "poll") export declare function usbPoll(): void;
/** Where the next packet to the host is composed, at most 64 bytes; free until `send`, and again when told that it was sent. */
@external("usb", "buffer") export declare function usbBuffer(endpoint: u32): usize;
@external("usb", "send") export declare function usbSend(endpoint: u32, bytes: u32): void;
/** One packet from the host may come now. */
@external("usb", "receive") export declare function usbReceive(endpoint: u32): void;
/** Status stage of endpoint 0; `afterData`: of a transfer that sent data to the host. */
@external("usb", "acknowledge") export declare function usbAcknowledge(afterData: bool): void;
/** Endpoint 0 answers STALL until the next SETUP. */
@external("usb", "refuse") export declare function usbRefuse(): void;
/** Endpoint address with its direction bit; ending a halt sets its data toggle back. */
@external("usb", "halt") export declare function usbHalt(address: u32, on: bool): void;
/** Endpoints beside 0 as after SET_CONFIGURATION: on, not halted, toggles at DATA0, nothing to send or to receive. */
@external("usb", "configure") export declare function usbConfigure(on: bool): void;
/** The status stage of SET_ADDRESS is over. */
@external("usb", "address") export declare function usbAddress(address: u32): void;
/** Word 0 or 1 of the chip's unique number. */
@external("usb", "serial") export declare function usbSerial(word: u32): u32;
