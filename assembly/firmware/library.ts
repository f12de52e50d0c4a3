// Everything that firmware may consist of; what a board and an app need of it is taken by name (host/wasm/firmware.ts).
// Drivers: a line each. Programs: main functions.

export { alarmFired, quiet_alarm } from "./tick";
export { nextToSend, received } from "./console";
export { enableInterrupts } from "./interrupts";
export { hello_main } from "./programs/hello";
export { echo_main } from "./programs/echo";
export { app_main } from "./app";
export { sampling_alarm } from "./sampling";
export { absent_start, absent_sample } from "./absent";
export { firmware_fault } from "./fault";
export { dwt_start, dwt_now, dwt_known } from "../hal/cortex/dwt";
export { uncounted_start, uncounted_now, uncounted_known } from "../hal/cortex/uncounted";
export { nrf_clock_start, nrf_clock_hz } from "../hal/nrf/clock";
export { nrf_timer_start, nrf_timer_now, nrf_timer_now_low, nrf_timer_alarm, nrf_timer_isr } from "../hal/nrf/timer";
export { nrf_watchdog_start, nrf_watchdog_feed } from "../hal/nrf/watchdog";
export { nrf_power_cause, nrf_power_reset, nrf_power_boot_loader } from "../hal/nrf/power";
export { nrf_flash_erase, nrf_flash_program } from "../hal/nrf/flash";
export { nrf_uart_start, nrf_uart_kick, nrf_uart_connected, nrf_uart_poll, nrf_uart_isr } from "../hal/nrf51/uart";
export { nrf_uarte_start, nrf_uarte_kick, nrf_uarte_connected, nrf_uarte_poll, nrf_uarte_isr } from "../hal/nrf52/uarte";
export { cmsdk_clock_start, cmsdk_clock_hz } from "../hal/cmsdk/clock";
export { cmsdk_uart_start, cmsdk_uart_kick, cmsdk_uart_connected, cmsdk_uart_poll } from "../hal/cmsdk/uart";
export { cmsdk_uart_isr, cmsdk_uart_isr_transmit } from "../hal/cmsdk/uart";
export { cmsdk_timer_start, cmsdk_timer_now, cmsdk_timer_now_low, cmsdk_timer_alarm } from "../hal/cmsdk/timer";
export { cmsdk_timer_isr, cmsdk_timer_isr_wrap } from "../hal/cmsdk/timer";
export { cmsdk_watchdog_start, cmsdk_watchdog_feed } from "../hal/cmsdk/watchdog";
export { cmsdk_power_cause, cmsdk_power_reset, cmsdk_power_boot_loader } from "../hal/cmsdk/power";
export { lsm6dsox_start, lsm6dsox_sample } from "../sensors/lsm6dsox";
export { lsm9ds1_start, lsm9ds1_sample } from "../sensors/lsm9ds1";
export { mpu6050_start, mpu6050_sample } from "../sensors/mpu6050";
export { lis3dh_start, lis3dh_sample } from "../sensors/lis3dh";
export { amg8833_start, amg8833_sample } from "../sensors/amg8833";
