// Everything that firmware may consist of; what a board and an app need of it is taken by name (host/wasm/firmware.ts).
// Drivers: a line each. Programs: main functions.

export { alarmFired, alarmCount } from "./tick";
export { nextToSend, received } from "./console";
export { enableInterrupts } from "./interrupts";
export { hello_main } from "./programs/hello";
export { echo_main } from "./programs/echo";
export { firmware_fault } from "./fault";
