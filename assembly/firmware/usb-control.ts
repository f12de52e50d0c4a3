// Endpoint 0 of a USB device (USB 2.0 chapter 9), for every controller: SETUP in, the stages of the transfer out.
//
//   SETUP ─ standardRequest │ classRequest ─┬─ answer    data to the host in packets of 64, a shorter one ends them (5.5.3, 8.5.3)
//                                           ├─ expect    one packet from the host (SET_LINE_CODING)
//                                           ├─ accept    no data: status stage alone
//                                           └─ neither   STALL: unknown, not now, or not with these numbers
//
// Descriptors are a table of the image: entries of key (wValue: type · 256 + index), bytes, then the descriptor, padded to even; key 0 ends
// it. All of this runs in the controller's handler, so its state is in RAM objects.

import { load32, load8, store32, store8 } from "../mmio";
import {
  usbAcknowledge,
  usbAddress,
  usbBuffer,
  usbConfigure,
  usbHalt,
  usbReceive,
  usbRefuse,
  usbSend,
  usbSerial,
} from "../hal/kinds";
import { USB_DATA_ENDPOINT, USB_NOTIFY_ENDPOINT, USB_PACKET_BYTES, USB_SERIAL_STRING } from "../wire";
import { classReceived, classRequest, linkConfigured, linkHalted, linkLost, linkMended } from "./usb-cdc";

@external("table", "usb") declare const descriptors: usize;
@external("ram", "usb_setup 8") declare const setup: usize;
@external("ram", "usb_reply 40") declare const reply: usize;
@external("ram", "usb_from 4") declare const from: usize;
@external("ram", "usb_left 4") declare const left: usize;
/** One of the stages below. */
@external("ram", "usb_stage 4") declare const stage: usize;
/** Taken over when the status stage is over (9.4.6). */
@external("ram", "usb_address 4") declare const newAddress: usize;
@external("ram", "usb_configuration 4") declare const configuration: usize;
@external("ram", "usb_suspended 4") declare const suspended: usize;
/** Bit 2n: endpoint n out, 2n + 1: in. */
@external("ram", "usb_halted 4") declare const halted: usize;

const PACKET: u32 = USB_PACKET_BYTES;
const DATA: u32 = USB_DATA_ENDPOINT;
const NOTIFY: u32 = USB_NOTIFY_ENDPOINT;
const SERIAL: u32 = USB_SERIAL_STRING;
const IDLE: u32 = 0;
/** The last packet of data was full and the host asked for more: an empty one ends them. */
const SENDING_MORE: u32 = 1;
const SENDING: u32 = 2;
const RECEIVING: u32 = 3;
const STATUS: u32 = 4;

/** bRequest (table 9-4). */
const GET_STATUS: u32 = 0;
const CLEAR_FEATURE: u32 = 1;
const SET_FEATURE: u32 = 3;
const SET_ADDRESS: u32 = 5;
const GET_DESCRIPTOR: u32 = 6;
const GET_CONFIGURATION: u32 = 8;
const SET_CONFIGURATION: u32 = 9;
const GET_INTERFACE: u32 = 10;
const SET_INTERFACE: u32 = 11;
/** Standard requests by recipient: bmRequestType without its direction. */
const DEVICE: u32 = 0;
const INTERFACE: u32 = 1;
const ENDPOINT: u32 = 2;
const STRING: u32 = 3;

export function setupByte(at: u32): u32 {
  return load8(setup + at);
}

/** wValue 2, wIndex 4, wLength 6. */
export function setupWord(at: u32): u32 {
  return load8(setup + at) | (load8(setup + at + 1) << 8);
}

export function usbReady(): bool {
  return load32(configuration) != 0 && !load32(suspended);
}

export function usbHalted(address: u32): bool {
  return (load32(halted) & haltBit(address)) != 0;
}

// ---- what the controller tells

export function controlSetup(packet: usize): void {
  for (let i = 0; i < 8; i++) store8(setup + i, load8(packet + i));
  store32(stage, IDLE);
  store32(newAddress, 0);
  const type = setupByte(0) & 0x60;
  const taken = type == 0 ? standardRequest() : type == 0x20 ? classRequest(setupByte(1)) : false;
  if (!taken) usbRefuse();
}

/** The host has acknowledged a packet of endpoint 0. */
export function controlSent(): void {
  const now = load32(stage);
  if (now == SENDING || now == SENDING_MORE) return sendNext();
  store32(stage, IDLE);
  const address = load32(newAddress);
  if (now == STATUS && address) usbAddress(address);
  store32(newAddress, 0);
}

export function controlReceived(packet: usize, bytes: u32): void {
  if (load32(stage) != RECEIVING) return;
  store32(stage, STATUS);
  if (classReceived(packet, bytes)) usbAcknowledge(false);
  else usbRefuse();
}

export function busReset(): void {
  linkLost(true);
  store32(configuration, 0);
  store32(suspended, 0);
  store32(halted, 0);
  store32(stage, IDLE);
  store32(newAddress, 0);
}

/** No traffic for 3 ms: the host sleeps, or the cable is gone. */
export function busSuspended(on: bool): void {
  if (on) linkLost(false);
  store32(suspended, on ? 1 : 0);
}

// ---- stages

/** To the host: as much as it wants of what there is. */
export function answer(at: usize, bytes: u32): bool {
  const wanted = setupWord(6);
  if (!(setupByte(0) & 0x80)) return false;
  if (!wanted) return accept();
  store32(from, <u32>at);
  store32(left, bytes < wanted ? bytes : wanted);
  store32(stage, bytes < wanted ? SENDING_MORE : SENDING);
  sendNext();
  return true;
}

/** Nothing but the status stage: whoever announces data is refused. */
export function accept(): bool {
  if (setupWord(6)) return false;
  store32(stage, STATUS);
  usbAcknowledge(false);
  return true;
}

/** One packet of exactly so many bytes. */
export function expect(bytes: u32): bool {
  if (setupByte(0) & 0x80 || setupWord(6) != bytes) return false;
  store32(stage, RECEIVING);
  usbReceive(0);
  return true;
}

function sendNext(): void {
  const rest = load32(left);
  const more = load32(stage) == SENDING_MORE;
  if (!rest && !more) {
    store32(stage, STATUS);
    return usbAcknowledge(true);
  }
  const bytes = rest < PACKET ? rest : PACKET;
  const at = load32(from);
  const to = usbBuffer(0);
  for (let i: u32 = 0; i < bytes; i++) store8(to + i, load8(at + i));
  store32(from, at + bytes);
  store32(left, rest - bytes);
  // short or empty: the last one, whatever was asked for
  if (bytes < PACKET) store32(stage, SENDING);
  usbSend(0, bytes);
}

// ---- standard requests (9.4)

function standardRequest(): bool {
  const request = setupByte(1);
  const value = setupWord(2);
  const recipient = setupByte(0) & 0x1f;
  if (recipient == DEVICE) return deviceRequest(request, value);
  // before SET_CONFIGURATION only endpoint 0 can be asked (9.4.5)
  const index = setupWord(4);
  const control = recipient == ENDPOINT && !(index & 0x7f);
  const known = load32(configuration) ? (recipient == INTERFACE ? index < 2 : isEndpoint(index)) : control;
  if (!known) return false;
  if (request == GET_STATUS) return answerNumber(recipient == ENDPOINT && usbHalted(index) ? 1 : 0, 2);
  if (recipient == INTERFACE) {
    if (request == GET_INTERFACE) return answerNumber(0, 1);
    return request == SET_INTERFACE && !value ? accept() : false;
  }
  if (recipient != ENDPOINT || value || (request != SET_FEATURE && request != CLEAR_FEATURE)) return false;
  if (index & 0x7f) setHalt(index, request == SET_FEATURE);
  return accept();
}

function deviceRequest(request: u32, value: u32): bool {
  if (request == GET_DESCRIPTOR) return describe(value);
  if (request == GET_STATUS) return answerNumber(0, 2); // powered by the bus, wakes nobody
  if (request == GET_CONFIGURATION) return answerNumber(load32(configuration), 1);
  if (request == SET_ADDRESS && value < 128) {
    store32(newAddress, value);
    return accept();
  }
  if (request != SET_CONFIGURATION || value > 1) return false;
  if (load32(configuration)) linkLost(true);
  store32(halted, 0);
  store32(configuration, value);
  usbConfigure(value != 0);
  if (value) linkConfigured();
  return accept();
}

function answerNumber(value: u32, bytes: u32): bool {
  store32(reply, value);
  return answer(reply, bytes);
}

function describe(key: u32): bool {
  let at = descriptors;
  let found = <u32>load<u16>(at);
  let bytes = <u32>load<u16>(at + 2);
  while (found && found != key) {
    at += 4 + ((bytes + 1) & ~1);
    found = <u32>load<u16>(at);
    bytes = <u32>load<u16>(at + 2);
  }
  if (!found) return false;
  return key == ((STRING << 8) | SERIAL) ? answer(reply, serialString(bytes)) : answer(at + 4, bytes);
}

/** 16 hexadecimal digits as UTF-16. */
function serialString(bytes: u32): u32 {
  store8(reply, bytes);
  store8(reply + 1, STRING);
  for (let i: u32 = 0; i < 16; i++) {
    const digit = (usbSerial(i >> 3) >> (28 - ((i & 7) << 2))) & 15;
    store8(reply + 2 + 2 * i, digit < 10 ? 48 + digit : 55 + digit);
    store8(reply + 3 + 2 * i, 0);
  }
  return bytes;
}

function haltBit(address: u32): u32 {
  return 1 << (((address & 7) << 1) | (address >> 7));
}

function isEndpoint(address: u32): bool {
  const data = (address & 0x7f) == DATA || !(address & 0x7f);
  return address < 256 && (data || address == (0x80 | NOTIFY));
}

/** Also ending a halt that is none sets the toggle back (9.4.5). */
function setHalt(address: u32, on: bool): void {
  const bits = load32(halted);
  store32(halted, on ? bits | haltBit(address) : bits & ~haltBit(address));
  usbHalt(address, on);
  if (on) linkHalted(address);
  else linkMended(address);
}
