// rp2040_uart: a PL011 on two pins (RP2040 Datasheet 4.2, 2.19.2), clocked by clk_peri, which is clk_sys.

import { clockHz } from "../kinds";
import { pl011Interrupt, pl011Kick, pl011Start } from "../pl011";
import {
  FUNCTION_UART,
  PADS_BANK0_GPIO0_IE,
  PADS_BANK0_GPIO0_PUE,
  PADS_BANK0_GPIO0_SCHMITT,
  RESETS_RESET_UART0,
  RESETS_RESET_UART1,
  UART0,
} from "./registers";
import { release, usePin } from "./resets";

@external("config", "console.base") declare const base: usize;
@external("config", "console.baud") declare const baud: u32;
@external("config", "console.transmit") declare const transmit: u32;
@external("config", "console.receive") declare const receive: u32;

/** 4 mA (reset value 1 of DRIVE), Schmitt trigger. */
const PAD: u32 = (1 << 4) | PADS_BANK0_GPIO0_SCHMITT | PADS_BANK0_GPIO0_IE;

export function rp2040_uart_start(): void {
  release(base == UART0 ? RESETS_RESET_UART0 : RESETS_RESET_UART1);
  pl011Start(base, clockHz(), baud);
  // the line rests high before and after
  usePin(transmit, FUNCTION_UART, PAD | PADS_BANK0_GPIO0_PUE);
  usePin(receive, FUNCTION_UART, PAD | PADS_BANK0_GPIO0_PUE);
}

export function rp2040_uart_kick(): void {
  pl011Kick(base);
}

export function rp2040_uart_connected(): i32 {
  return 1;
}

export function rp2040_uart_poll(): void {}

export function rp2040_uart_isr(): void {
  pl011Interrupt(base);
}
