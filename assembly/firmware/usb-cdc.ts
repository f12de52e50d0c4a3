// usb_cdc: the console as a serial port of the host's operating system (USB CDC 1.2, PSTN 1.2: abstract control model). One more driver of
// kind `console`, over whatever controller the board's kind `usb` is.
//
//   nextToSend ─► packet of ≤ 64 ─► bulk in        a full packet that was the last is followed by an empty one (USB 2.0 5.8.3)
//   bulk out ─► received                           only while 64 bytes have room: else the controller answers NAK, and no byte is lost
//
// Somebody listens while the device is configured, not suspended, and DTR is set: what is printed otherwise is discarded. When the line goes
// away in the middle of a line of text, the next listener gets a line feed first: no line ever begins inside another.
// 1200 baud and a falling DTR ask for the boot loader (Arduino's convention); 2 ms later, when the host has its acknowledgement.

import { enter, leave } from "../cpu";
import { enterBootLoader, timerNowLow, usbBuffer, usbPoll, usbReceive, usbSend, usbStart } from "../hal/kinds";
import { load32, load8, store32, store8 } from "../mmio";
import { USB_DATA_ENDPOINT, USB_PACKET_BYTES } from "../wire";
import { discardSend, nextToSend, received, receiveRoom } from "./console";
import { accept, answer, expect, setupWord, usbHalted, usbReady } from "./usb-control";

/** dwDTERate, bCharFormat, bParityType, bDataBits (PSTN 6.3.11). */
@external("ram", "usb_line_coding 8") declare const coding: usize;
/** Bit 0 DTR, 1 RTS (PSTN 6.3.12). */
@external("ram", "usb_line_state 4") declare const lines: usize;
/** A packet is on its way to the host, of so many bytes, + 1; 0: none. */
@external("ram", "usb_sending 4") declare const sending: usize;
@external("ram", "usb_last_bytes 4") declare const lastBytes: usize;
/** The last byte sent was not a line feed. */
@external("ram", "usb_in_line 4") declare const inLine: usize;
/** The line was cut: begin with a line feed. */
@external("ram", "usb_broken 4") declare const broken: usize;
/** A packet was refused for want of room. */
@external("ram", "usb_waiting 4") declare const waiting: usize;
/** Listeners that have come so far. */
@external("ram", "usb_sessions 4") declare const sessions: usize;
/** When the boot loader was asked for, 0: it was not. */
@external("ram", "usb_touched 4") declare const touched: usize;

const PACKET: u32 = USB_PACKET_BYTES;
const DATA: u32 = USB_DATA_ENDPOINT;
const LINE_FEED: u32 = 10;
const CODING_BYTES: u32 = 7;
const IN: u32 = 0x80 | DATA;
const OUT: u32 = DATA;
const DTR: u32 = 1;
const TOUCH_BAUD: u32 = 1200;
const TOUCH_DELAY: u32 = 2000;
/** bRequest (PSTN 6.3). */
const SET_LINE_CODING: u32 = 0x20;
const GET_LINE_CODING: u32 = 0x21;
const SET_CONTROL_LINE_STATE: u32 = 0x22;
const SEND_BREAK: u32 = 0x23;

// ---- kind console

export function usb_cdc_start(): void {
  store32(coding, 115200);
  store32(coding + 4, 8 << 16);
  usbStart();
}

export function usb_cdc_kick(): void {
  const was = enter();
  fill();
  leave(was);
}

export function usb_cdc_connected(): i32 {
  return usbReady() && load32(lines) & DTR ? load32(sessions) : 0;
}

export function usb_cdc_poll(): void {
  usbPoll();
  if (load32(waiting) && receiveRoom() >= PACKET) {
    const was = enter();
    store32(waiting, 0);
    usbReceive(DATA);
    leave(was);
  }
  const since = load32(touched);
  if (!since || timerNowLow() - since < TOUCH_DELAY) return;
  store32(touched, 0);
  enterBootLoader();
}

// ---- data

function fill(): void {
  if (load32(sending) || !usbReady() || usbHalted(IN)) return;
  const to = usbBuffer(DATA);
  let bytes: u32 = 0;
  if (load32(broken) && load32(lines) & DTR) {
    store32(broken, 0);
    store8(to, LINE_FEED);
    bytes = 1;
  }
  let byte: i32 = -1;
  for (; bytes < PACKET; bytes++) {
    const next = nextToSend();
    if (next < 0) break;
    byte = next;
    store8(to + bytes, byte);
  }
  if (byte >= 0) store32(inLine, <u32>byte == LINE_FEED ? 0 : 1);
  if (!bytes && load32(lastBytes) != PACKET) return;
  store32(lastBytes, bytes);
  store32(sending, bytes + 1);
  usbSend(DATA, bytes);
}

export function dataSent(): void {
  store32(sending, 0);
  fill();
}

export function dataReceived(packet: usize, bytes: u32): void {
  for (let i: u32 = 0; i < bytes; i++) received(load8(packet + i));
  admit();
}

function admit(): void {
  if (receiveRoom() >= PACKET) usbReceive(DATA);
  else store32(waiting, 1);
}

// ---- the link, as endpoint 0 sees it

export function linkConfigured(): void {
  store32(lastBytes, 0);
  admit();
}

/** `dropped`: what the controller was about to send is gone too; else it goes out when the bus wakes up. */
export function linkLost(dropped: bool): void {
  const cut = usb_cdc_connected() != 0;
  // the same one, coming back, has missed something
  if (cut) store32(sessions, load32(sessions) + 1);
  discardSend(cut);
  if (load32(inLine)) store32(broken, 1);
  store32(inLine, 0);
  if (!dropped) return;
  store32(lines, 0);
  store32(sending, 0);
  store32(lastBytes, 0);
  store32(waiting, 0);
}

export function linkHalted(address: u32): void {
  if (address == OUT) store32(waiting, 0);
}

/** What was on its way goes again: with the toggle set back the host takes it for new (USB 2.0 9.4.5). */
export function linkMended(address: u32): void {
  if (address == OUT) admit();
  if (address != IN) return;
  const bytes = load32(sending);
  if (bytes) usbSend(DATA, bytes - 1);
  else fill();
}

// ---- class requests

export function classRequest(request: u32): bool {
  if (request == GET_LINE_CODING) return answer(coding, CODING_BYTES);
  if (request == SET_LINE_CODING) return expect(CODING_BYTES);
  if (request == SET_CONTROL_LINE_STATE) {
    setLines(setupWord(2));
    return accept();
  }
  // there is no line on which a break could be
  return request == SEND_BREAK ? accept() : false;
}

/** The data of SET_LINE_CODING. */
export function classReceived(packet: usize, bytes: u32): bool {
  if (bytes != CODING_BYTES) return false;
  for (let i: u32 = 0; i < CODING_BYTES; i++) store8(coding + i, load8(packet + i));
  return true;
}

function setLines(now: u32): void {
  const fell = load32(lines) & ~now & DTR;
  if (~load32(lines) & now & DTR) store32(sessions, load32(sessions) + 1);
  if (fell) {
    discardSend(false);
    if (load32(inLine)) store32(broken, 1);
    store32(inLine, 0);
    if (load32(coding) == TOUCH_BAUD) store32(touched, timerNowLow() | 1);
  }
  store32(lines, now);
  fill();
}
