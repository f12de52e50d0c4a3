// rp2040_usb: the USB controller as a full-speed device (RP2040 Datasheet 4.1). Packets lie in its own memory, single-buffered:
//
//   0x000 SETUP   0x080 buffer controls, in and out by endpoint   0x100 endpoint 0   0x180 data in   0x1c0 data out   0x200 notifications
//
// The program keeps the data toggles (PID). VBUS is taken for granted: a board without it on a pin has no other way, so an unplugged cable
// is a suspended bus. Erratum RP2040-E5 (reset not seen on a busy bus) is mended in B2 silicon; its workaround for B0 and B1 takes GPIO15 away
// and is not here: there, a hub with other traffic may have to be plugged in again.

import { load32, store32 } from "../../mmio";
import { busReset, busSuspended, controlReceived, controlSent, controlSetup } from "../../firmware/usb-control";
import { dataReceived, dataSent } from "../../firmware/usb-cdc";
import { USB_PACKET_BYTES } from "../../wire";
import { pause } from "../pause";
import {
  RESETS,
  RESETS_RESET,
  RESETS_RESET_USBCTRL,
  ATOMIC_SET,
  USBCTRL_DPRAM,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_AVAILABLE_0,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_FULL_0,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_LENGTH_0,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_PID_0,
  USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_STALL,
  USBCTRL_DPRAM_EP1_IN_CONTROL,
  USBCTRL_DPRAM_EP1_IN_CONTROL_ENABLE,
  USBCTRL_DPRAM_EP1_IN_CONTROL_INTERRUPT_PER_BUFF,
  USBCTRL_DPRAM_EP2_IN_CONTROL,
  USBCTRL_DPRAM_EP2_OUT_CONTROL,
  USBCTRL_REGS,
  USBCTRL_REGS_ADDR_ENDP,
  USBCTRL_REGS_BUFF_STATUS,
  USBCTRL_REGS_BUFF_STATUS_EP0_IN,
  USBCTRL_REGS_BUFF_STATUS_EP0_OUT,
  USBCTRL_REGS_BUFF_STATUS_EP2_IN,
  USBCTRL_REGS_BUFF_STATUS_EP2_OUT,
  USBCTRL_REGS_EP_STALL_ARM,
  USBCTRL_REGS_EP_STALL_ARM_EP0_IN,
  USBCTRL_REGS_EP_STALL_ARM_EP0_OUT,
  USBCTRL_REGS_INTE,
  USBCTRL_REGS_INTE_BUFF_STATUS,
  USBCTRL_REGS_INTE_BUS_RESET,
  USBCTRL_REGS_INTE_DEV_RESUME_FROM_HOST,
  USBCTRL_REGS_INTE_DEV_SUSPEND,
  USBCTRL_REGS_INTE_SETUP_REQ,
  USBCTRL_REGS_INTS,
  USBCTRL_REGS_MAIN_CTRL,
  USBCTRL_REGS_MAIN_CTRL_CONTROLLER_EN,
  USBCTRL_REGS_SIE_CTRL,
  USBCTRL_REGS_SIE_CTRL_EP0_INT_1BUF,
  USBCTRL_REGS_SIE_CTRL_PULLUP_EN,
  USBCTRL_REGS_SIE_STATUS,
  USBCTRL_REGS_SIE_STATUS_BUS_RESET,
  USBCTRL_REGS_SIE_STATUS_RESUME,
  USBCTRL_REGS_SIE_STATUS_SETUP_REC,
  USBCTRL_REGS_SIE_STATUS_SUSPENDED,
  USBCTRL_REGS_USB_MUXING,
  USBCTRL_REGS_USB_MUXING_SOFTCON,
  USBCTRL_REGS_USB_MUXING_TO_PHY,
  USBCTRL_REGS_USB_PWR,
  USBCTRL_REGS_USB_PWR_VBUS_DETECT,
  USBCTRL_REGS_USB_PWR_VBUS_DETECT_OVERRIDE_EN,
} from "./registers";
import { release } from "./resets";

/** Bit 2n: the next packet of endpoint n in is DATA1; 2n + 1: out. */
@external("ram", "rp2040_usb_toggles 4") declare const toggles: usize;

const CONTROL_BUFFER: u32 = 0x100;
const IN_BUFFER: u32 = 0x180;
const OUT_BUFFER: u32 = 0x1c0;
const NOTIFY_BUFFER: u32 = 0x200;
const MEMORY_BYTES: u32 = 0x1000;
/** ENDPOINT_TYPE (table 394). */
const BULK: u32 = 2 << 26;
const INTERRUPT: u32 = 3 << 26;
const ENDPOINT_ON = USBCTRL_DPRAM_EP1_IN_CONTROL_ENABLE | USBCTRL_DPRAM_EP1_IN_CONTROL_INTERRUPT_PER_BUFF;
const INTERRUPTS =
  USBCTRL_REGS_INTE_BUFF_STATUS |
  USBCTRL_REGS_INTE_BUS_RESET |
  USBCTRL_REGS_INTE_DEV_SUSPEND |
  USBCTRL_REGS_INTE_DEV_RESUME_FROM_HOST |
  USBCTRL_REGS_INTE_SETUP_REQ;

/** `index`: 2 · endpoint, + 1: out. */
function bufferControl(index: u32): usize {
  return USBCTRL_DPRAM + USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL + (index << 2);
}

export function rp2040_usb_start(): void {
  store32(RESETS + ATOMIC_SET + RESETS_RESET, RESETS_RESET_USBCTRL);
  // without clk_usb it stays there: no port, and everything else goes on
  if (!release(RESETS_RESET_USBCTRL)) return;
  for (let at: u32 = 0; at < MEMORY_BYTES; at += 4) store32(USBCTRL_DPRAM + at, 0);
  store32(USBCTRL_REGS + USBCTRL_REGS_USB_MUXING, USBCTRL_REGS_USB_MUXING_TO_PHY | USBCTRL_REGS_USB_MUXING_SOFTCON);
  store32(
    USBCTRL_REGS + USBCTRL_REGS_USB_PWR,
    USBCTRL_REGS_USB_PWR_VBUS_DETECT | USBCTRL_REGS_USB_PWR_VBUS_DETECT_OVERRIDE_EN,
  );
  store32(USBCTRL_REGS + USBCTRL_REGS_MAIN_CTRL, USBCTRL_REGS_MAIN_CTRL_CONTROLLER_EN);
  store32(USBCTRL_REGS + USBCTRL_REGS_INTE, INTERRUPTS);
  store32(USBCTRL_REGS + USBCTRL_REGS_SIE_CTRL, USBCTRL_REGS_SIE_CTRL_EP0_INT_1BUF | USBCTRL_REGS_SIE_CTRL_PULLUP_EN);
}

export function rp2040_usb_poll(): void {}

export function rp2040_usb_buffer(endpoint: u32): usize {
  return USBCTRL_DPRAM + (endpoint ? IN_BUFFER : CONTROL_BUFFER);
}

/** AVAILABLE comes last: the controller, in another clock domain, must find the rest there (4.1.2.5.1). */
function arm(index: u32, value: u32): void {
  const bit: u32 = 1 << index;
  const now = load32(toggles);
  const control = bufferControl(index);
  const word = value | (now & bit ? USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_PID_0 : 0);
  store32(toggles, now ^ bit);
  store32(control, word);
  pause(3);
  store32(control, word | USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_AVAILABLE_0);
}

export function rp2040_usb_send(endpoint: u32, bytes: u32): void {
  arm(endpoint << 1, USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_FULL_0 | bytes);
}

export function rp2040_usb_receive(endpoint: u32): void {
  arm((endpoint << 1) | 1, USB_PACKET_BYTES);
}

/** The status stage is always DATA1 (USB 2.0 8.5.3). */
export function rp2040_usb_acknowledge(afterData: bool): void {
  store32(toggles, load32(toggles) | 3);
  if (afterData) rp2040_usb_receive(0);
  else rp2040_usb_send(0, 0);
}

export function rp2040_usb_refuse(): void {
  store32(
    USBCTRL_REGS + USBCTRL_REGS_EP_STALL_ARM,
    USBCTRL_REGS_EP_STALL_ARM_EP0_IN | USBCTRL_REGS_EP_STALL_ARM_EP0_OUT,
  );
  store32(bufferControl(0), USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_STALL);
  store32(bufferControl(1), USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_STALL);
}

export function rp2040_usb_halt(address: u32, on: bool): void {
  const index = ((address & 7) << 1) | (address & 0x80 ? 0 : 1);
  store32(bufferControl(index), on ? USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_STALL : 0);
  store32(toggles, load32(toggles) & ~(1 << index));
}

export function rp2040_usb_configure(on: bool): void {
  for (let index: u32 = 2; index < 6; index++) store32(bufferControl(index), 0);
  store32(toggles, load32(toggles) & 3);
  store32(USBCTRL_DPRAM + USBCTRL_DPRAM_EP1_IN_CONTROL, on ? ENDPOINT_ON | INTERRUPT | NOTIFY_BUFFER : 0);
  store32(USBCTRL_DPRAM + USBCTRL_DPRAM_EP2_IN_CONTROL, on ? ENDPOINT_ON | BULK | IN_BUFFER : 0);
  store32(USBCTRL_DPRAM + USBCTRL_DPRAM_EP2_OUT_CONTROL, on ? ENDPOINT_ON | BULK | OUT_BUFFER : 0);
}

export function rp2040_usb_address(address: u32): void {
  store32(USBCTRL_REGS + USBCTRL_REGS_ADDR_ENDP, address);
}

/** The chip has no number of its own (the flash chip has), and no descriptor here asks for one. */
export function rp2040_usb_serial(_word: u32): u32 {
  return 0;
}

export function rp2040_usb_isr(): void {
  const interrupts = load32(USBCTRL_REGS + USBCTRL_REGS_INTS);
  if (interrupts & USBCTRL_REGS_INTE_BUS_RESET) {
    store32(USBCTRL_REGS + USBCTRL_REGS_BUFF_STATUS, load32(USBCTRL_REGS + USBCTRL_REGS_BUFF_STATUS));
    store32(bufferControl(0), 0);
    store32(bufferControl(1), 0);
    rp2040_usb_configure(false);
    rp2040_usb_address(0);
    busReset();
    store32(USBCTRL_REGS + USBCTRL_REGS_SIE_STATUS, USBCTRL_REGS_SIE_STATUS_BUS_RESET);
  } else if (interrupts & USBCTRL_REGS_INTE_BUFF_STATUS) buffers();
  if (interrupts & USBCTRL_REGS_INTE_SETUP_REQ) {
    store32(USBCTRL_REGS + USBCTRL_REGS_SIE_STATUS, USBCTRL_REGS_SIE_STATUS_SETUP_REC);
    // what a transfer before it left behind
    store32(bufferControl(0), 0);
    store32(bufferControl(1), 0);
    store32(toggles, load32(toggles) | 3);
    controlSetup(USBCTRL_DPRAM);
  }
  if (interrupts & USBCTRL_REGS_INTE_DEV_SUSPEND) {
    store32(USBCTRL_REGS + USBCTRL_REGS_SIE_STATUS, USBCTRL_REGS_SIE_STATUS_SUSPENDED);
    busSuspended(true);
  }
  if (interrupts & USBCTRL_REGS_INTE_DEV_RESUME_FROM_HOST) {
    store32(USBCTRL_REGS + USBCTRL_REGS_SIE_STATUS, USBCTRL_REGS_SIE_STATUS_RESUME);
    busSuspended(false);
  }
}

/** Packets that went out or came in; the one before a SETUP is older than it. */
function buffers(): void {
  const done = load32(USBCTRL_REGS + USBCTRL_REGS_BUFF_STATUS);
  store32(USBCTRL_REGS + USBCTRL_REGS_BUFF_STATUS, done);
  if (done & USBCTRL_REGS_BUFF_STATUS_EP0_IN) controlSent();
  if (done & USBCTRL_REGS_BUFF_STATUS_EP0_OUT) controlReceived(USBCTRL_DPRAM + CONTROL_BUFFER, length(1));
  if (done & USBCTRL_REGS_BUFF_STATUS_EP2_IN) dataSent();
  if (done & USBCTRL_REGS_BUFF_STATUS_EP2_OUT) dataReceived(USBCTRL_DPRAM + OUT_BUFFER, length(5));
}

function length(index: u32): u32 {
  return load32(bufferControl(index)) & USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_LENGTH_0;
}
