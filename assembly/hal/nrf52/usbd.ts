// nrf_usbd: USBD as a full-speed device (nRF52840 PS 6.35). A packet lies in the controller's own buffer and moves by EasyDMA, one transfer
// at a time; 64 bytes take some microseconds, for which the handler waits (bounded). Toggles and SET_ADDRESS are the hardware's.
//
//   VBUS ─ USBDETECTED ─► ENABLE ─ EVENTCAUSE.READY ─► and USBPWRRDY, and the crystal runs (6.35.4) ─► USBPULLUP
//   to the host    RAM ─ STARTEPIN, ENDEPIN ─► buffer ─► host: EPDATA, EP0DATADONE
//   from the host  host ─► buffer: EPDATA ─ STARTEPOUT, ENDEPOUT ─► RAM; until then the endpoint answers NAK
//
// Errata of revisions 1 and 2: 171 and 187 (may not start), 199 (tasks are lost while EasyDMA works): the writes that Nordic's nRF52840 errata
// documents give, at addresses outside the registers.

import { dmb, enter, leave } from "../../cpu";
import { busReset, busSuspended, controlReceived, controlSent, controlSetup } from "../../firmware/usb-control";
import { dataReceived, dataSent } from "../../firmware/usb-cdc";
import { load32, store32, store8 } from "../../mmio";
import { USB_DATA_ENDPOINT, USB_PACKET_BYTES } from "../../wire";
import {
  CLOCK,
  CLOCK_HFCLKSTAT,
  CLOCK_HFCLKSTAT_SRC_XTAL,
  FICR,
  FICR_DEVICEID,
  POWER,
  POWER_EVENTS_USBDETECTED,
  POWER_EVENTS_USBPWRRDY,
  POWER_EVENTS_USBREMOVED,
  POWER_INTENSET,
  POWER_INTENSET_USBDETECTED,
  POWER_INTENSET_USBPWRRDY,
  POWER_INTENSET_USBREMOVED,
  POWER_USBREGSTATUS,
  POWER_USBREGSTATUS_OUTPUTRDY,
  POWER_USBREGSTATUS_VBUSDETECT,
  USBD,
  USBD_BMREQUESTTYPE,
  USBD_DTOGGLE,
  USBD_DTOGGLE_VALUE_DATA0,
  USBD_ENABLE,
  USBD_EPDATASTATUS,
  USBD_EPDATASTATUS_EPIN2,
  USBD_EPDATASTATUS_EPOUT2,
  USBD_EPIN0_MAXCNT,
  USBD_EPIN0_PTR,
  USBD_EPINEN,
  USBD_EPOUT0_MAXCNT,
  USBD_EPOUT0_PTR,
  USBD_EPOUTEN,
  USBD_EPSTALL,
  USBD_EPSTALL_STALL,
  USBD_EVENTCAUSE,
  USBD_EVENTCAUSE_READY,
  USBD_EVENTCAUSE_RESUME,
  USBD_EVENTCAUSE_SUSPEND,
  USBD_EVENTS_ENDEPIN,
  USBD_EVENTS_ENDEPOUT,
  USBD_EVENTS_EP0DATADONE,
  USBD_EVENTS_EP0SETUP,
  USBD_EVENTS_EPDATA,
  USBD_EVENTS_USBEVENT,
  USBD_EVENTS_USBRESET,
  USBD_INTENSET,
  USBD_INTENSET_EP0DATADONE,
  USBD_INTENSET_EP0SETUP,
  USBD_INTENSET_EPDATA,
  USBD_INTENSET_USBEVENT,
  USBD_INTENSET_USBRESET,
  USBD_SIZE_EPOUT,
  USBD_TASKS_EP0RCVOUT,
  USBD_TASKS_EP0STALL,
  USBD_TASKS_EP0STATUS,
  USBD_TASKS_STARTEPIN,
  USBD_TASKS_STARTEPOUT,
  USBD_USBPULLUP,
} from "../nrf/registers";

@external("config", "usb.irq") declare const irq: u32;
@external("ram", "nrf_usbd_control 64") declare const controlPacket: usize;
@external("ram", "nrf_usbd_in 64") declare const inPacket: usize;
@external("ram", "nrf_usbd_out 64") declare const outPacket: usize;
@external("ram", "nrf_usbd_setup 8") declare const setup: usize;
/** Endpoint 0 expects data of the host (else what is done was sent). */
@external("ram", "nrf_usbd_receiving 4") declare const receiving: usize;
/** Bit 0: the program takes a packet; bit 1: one is there. */
@external("ram", "nrf_usbd_incoming 4") declare const incoming: usize;
@external("ram", "nrf_usbd_shown 4") declare const shown: usize;

const PACKET: u32 = USB_PACKET_BYTES;
const WANTED: u32 = 1;
const THERE: u32 = 2;
/** EPINEN, EPOUTEN. */
const CONTROL_ONLY: u32 = 1;
const ALL_IN: u32 = 0b111;
const ALL_OUT: u32 = 0b101;
const DATA: u32 = USB_DATA_ENDPOINT;
const EVENT_STEP: u32 = 4;
const DMA_STEP: u32 = 0x14;
const SET_ADDRESS: u32 = 5;
/** Looks at an END event: ≥ 5 cycles each; a transfer takes some 10 µs. */
const PATIENCE: u32 = 2000;
const NVIC_ISPR: usize = 0xe000e200;
/** Errata 171, 187: unlock, two switches; 199: EasyDMA is at work. */
const UNLOCK: usize = 0x4006ec00;
const UNLOCK_KEY: u32 = 0x9375;
const SWITCH_171: usize = 0x4006ec14;
const SWITCH_187: usize = 0x4006ed14;
const BUSY_199: usize = 0x40027c1c;

export function nrf_usbd_start(): void {
  // a boot loader may have left it on
  store32(USBD + USBD_USBPULLUP, 0);
  store32(USBD + USBD_ENABLE, 0);
  store32(shown, 0);
  store32(POWER + POWER_EVENTS_USBDETECTED, 0);
  store32(POWER + POWER_EVENTS_USBREMOVED, 0);
  store32(POWER + POWER_EVENTS_USBPWRRDY, 0);
  store32(POWER + POWER_INTENSET, POWER_INTENSET_USBDETECTED | POWER_INTENSET_USBREMOVED | POWER_INTENSET_USBPWRRDY);
  nrf_usbd_isr_power();
}

/** The crystal may come late, or back. */
export function nrf_usbd_poll(): void {
  if (load32(shown) || !load32(USBD + USBD_ENABLE)) return;
  const was = enter();
  show();
  leave(was);
}

/** The key changes between locked, which reads 0, and not. */
function erratum(value171: u32, value187: u32): void {
  const locked = load32(UNLOCK) == 0;
  if (locked) store32(UNLOCK, UNLOCK_KEY);
  store32(SWITCH_171, value171);
  store32(SWITCH_187, value187);
  if (locked) store32(UNLOCK, UNLOCK_KEY);
}

/** D+ goes up once regulator, controller and crystal are ready. */
function show(): void {
  const ready = load32(USBD + USBD_EVENTCAUSE) & USBD_EVENTCAUSE_READY;
  const powered = load32(POWER + POWER_USBREGSTATUS) & POWER_USBREGSTATUS_OUTPUTRDY;
  const crystal = load32(CLOCK + CLOCK_HFCLKSTAT) & CLOCK_HFCLKSTAT_SRC_XTAL;
  if (load32(shown) || !ready || !powered || !crystal) return;
  store32(USBD + USBD_EVENTCAUSE, USBD_EVENTCAUSE_READY);
  erratum(0, 0);
  const control = USBD_INTENSET_EP0SETUP | USBD_INTENSET_EP0DATADONE;
  store32(USBD + USBD_INTENSET, control | USBD_INTENSET_EPDATA | USBD_INTENSET_USBRESET | USBD_INTENSET_USBEVENT);
  store32(shown, 1);
  store32(USBD + USBD_USBPULLUP, 1);
}

export function nrf_usbd_isr_power(): void {
  store32(POWER + POWER_EVENTS_USBDETECTED, 0);
  store32(POWER + POWER_EVENTS_USBREMOVED, 0);
  store32(POWER + POWER_EVENTS_USBPWRRDY, 0);
  if (load32(POWER + POWER_USBREGSTATUS) & POWER_USBREGSTATUS_VBUSDETECT) {
    if (!load32(USBD + USBD_ENABLE)) {
      erratum(0xc0, 3);
      store32(USBD + USBD_EVENTCAUSE, USBD_EVENTCAUSE_READY);
      store32(USBD + USBD_INTENSET, USBD_INTENSET_USBEVENT);
      store32(USBD + USBD_ENABLE, 1);
    }
    show();
  } else if (load32(USBD + USBD_ENABLE)) {
    store32(USBD + USBD_USBPULLUP, 0);
    store32(USBD + USBD_ENABLE, 0);
    store32(shown, 0);
    busReset();
  }
}

export function nrf_usbd_buffer(endpoint: u32): usize {
  return endpoint ? inPacket : controlPacket;
}

/** One EasyDMA transfer, to its end. */
function transfer(registers: u32, packet: usize, bytes: u32, task: u32, done: u32): void {
  store32(USBD + registers, <u32>packet);
  store32(USBD + registers + USBD_EPIN0_MAXCNT - USBD_EPIN0_PTR, bytes);
  store32(USBD + done, 0);
  dmb();
  store32(BUSY_199, 0x82);
  store32(USBD + task, 1);
  for (let looks: u32 = 0; looks < PATIENCE; looks++) if (load32(USBD + done)) break;
  store32(BUSY_199, 0);
  dmb();
}

export function nrf_usbd_send(endpoint: u32, bytes: u32): void {
  const step = endpoint * EVENT_STEP;
  const registers = USBD_EPIN0_PTR + endpoint * DMA_STEP;
  transfer(registers, nrf_usbd_buffer(endpoint), bytes, USBD_TASKS_STARTEPIN + step, USBD_EVENTS_ENDEPIN + step);
}

export function nrf_usbd_receive(endpoint: u32): void {
  if (!endpoint) {
    store32(receiving, 1);
    store32(USBD + USBD_TASKS_EP0RCVOUT, 1);
    return;
  }
  const state = load32(incoming) | WANTED;
  store32(incoming, state);
  // one waits already: the handler takes it
  if (state & THERE) store32(NVIC_ISPR + ((irq >> 5) << 2), 1 << (irq & 31));
}

export function nrf_usbd_acknowledge(_afterData: bool): void {
  store32(USBD + USBD_TASKS_EP0STATUS, 1);
}

export function nrf_usbd_refuse(): void {
  store32(USBD + USBD_TASKS_EP0STALL, 1);
}

export function nrf_usbd_halt(address: u32, on: bool): void {
  store32(USBD + USBD_EPSTALL, on ? address | USBD_EPSTALL_STALL : address);
  if (on) return;
  // first which endpoint, then what (6.35.13.29)
  store32(USBD + USBD_DTOGGLE, address);
  store32(USBD + USBD_DTOGGLE, address | USBD_DTOGGLE_VALUE_DATA0);
}

export function nrf_usbd_configure(on: bool): void {
  store32(incoming, 0);
  store32(USBD + USBD_EPINEN, on ? ALL_IN : CONTROL_ONLY);
  store32(USBD + USBD_EPOUTEN, on ? ALL_OUT : CONTROL_ONLY);
  if (!on) return;
  nrf_usbd_halt(0x81, false);
  nrf_usbd_halt(0x82, false);
  nrf_usbd_halt(DATA, false);
  // any value: the first packet may come (6.35.9)
  store32(USBD + USBD_SIZE_EPOUT + DATA * EVENT_STEP, 0);
}

/** The hardware has taken it over. */
export function nrf_usbd_address(_address: u32): void {}

export function nrf_usbd_serial(word: u32): u32 {
  return load32(FICR + FICR_DEVICEID + ((1 - word) << 2));
}

export function nrf_usbd_isr(): void {
  if (load32(USBD + USBD_EVENTS_USBRESET)) {
    store32(USBD + USBD_EVENTS_USBRESET, 0);
    store32(USBD + USBD_EVENTS_EP0DATADONE, 0);
    store32(USBD + USBD_EPDATASTATUS, load32(USBD + USBD_EPDATASTATUS));
    nrf_usbd_configure(false);
    busReset();
  }
  if (load32(USBD + USBD_EVENTS_USBEVENT)) causes();
  if (load32(USBD + USBD_EVENTS_EP0DATADONE)) {
    store32(USBD + USBD_EVENTS_EP0DATADONE, 0);
    if (load32(receiving)) controlReceived(controlPacket, take(0, controlPacket));
    else controlSent();
  }
  if (load32(USBD + USBD_EVENTS_EPDATA)) {
    store32(USBD + USBD_EVENTS_EPDATA, 0);
    const done = load32(USBD + USBD_EPDATASTATUS);
    store32(USBD + USBD_EPDATASTATUS, done);
    if (done & USBD_EPDATASTATUS_EPIN2) dataSent();
    if (done & USBD_EPDATASTATUS_EPOUT2) store32(incoming, load32(incoming) | THERE);
  }
  // a reset that has come by now has emptied the buffers
  if (load32(incoming) == (WANTED | THERE) && !load32(USBD + USBD_EVENTS_USBRESET)) {
    store32(incoming, 0);
    dataReceived(outPacket, take(DATA, outPacket));
  }
  if (load32(USBD + USBD_EVENTS_EP0SETUP)) setUp();
}

/** The endpoint takes the next packet by itself from then on. */
function take(endpoint: u32, into: usize): u32 {
  const step = endpoint * EVENT_STEP;
  const came = load32(USBD + USBD_SIZE_EPOUT + step);
  const bytes = came < PACKET ? came : PACKET;
  const registers = USBD_EPOUT0_PTR + endpoint * DMA_STEP;
  transfer(registers, into, bytes, USBD_TASKS_STARTEPOUT + step, USBD_EVENTS_ENDEPOUT + step);
  return bytes;
}

function causes(): void {
  store32(USBD + USBD_EVENTS_USBEVENT, 0);
  const cause = load32(USBD + USBD_EVENTCAUSE);
  show();
  store32(USBD + USBD_EVENTCAUSE, cause & ~USBD_EVENTCAUSE_READY);
  if (cause & USBD_EVENTCAUSE_SUSPEND) busSuspended(true);
  if (cause & USBD_EVENTCAUSE_RESUME) busSuspended(false);
}

/** BMREQUESTTYPE and the seven bytes after it, a register each. */
function setUp(): void {
  store32(USBD + USBD_EVENTS_EP0SETUP, 0);
  store32(receiving, 0);
  for (let i: u32 = 0; i < 8; i++) store8(setup + i, load32(USBD + USBD_BMREQUESTTYPE + (i << 2)));
  if (load32(USBD + USBD_BMREQUESTTYPE) == 0 && load32(USBD + USBD_BMREQUESTTYPE + 4) == SET_ADDRESS) return;
  controlSetup(setup);
}
