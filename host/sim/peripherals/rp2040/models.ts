// The RP2040's peripherals, by model name.

import type { PeripheralModel } from "../models.ts";
import { Adc } from "./adc.ts";
import { BootRom } from "./boot-rom.ts";
import { Clocks } from "./clocks.ts";
import { DesignWareI2c } from "./designware-i2c.ts";
import { Dma } from "./dma.ts";
import { CrystalOscillator, Pll, RingOscillator } from "./oscillators.ts";
import { IoBank, Pads } from "./pins.ts";
import { ChipReset, PowerStates, Resets, SysInfo } from "./resets.ts";
import { Sio } from "./sio.ts";
import { Ssi, XipControl } from "./ssi.ts";
import { Timer } from "./timer.ts";
import { Usb } from "./usb.ts";
import { Watchdog } from "./watchdog.ts";

export const rp2040Models: Readonly<Record<string, PeripheralModel>> = {
  "rp2040-adc": { make: (ports) => new Adc(ports) },
  "rp2040-rom": { make: (ports) => new BootRom(ports) },
  "rp2040-clocks": { make: (ports) => new Clocks(ports) },
  "rp2040-i2c": { make: (ports) => new DesignWareI2c(ports) },
  "rp2040-dma": { make: (ports) => new Dma(ports) },
  "rp2040-xosc": { make: (ports) => new CrystalOscillator(ports) },
  "rp2040-rosc": { make: (ports) => new RingOscillator(ports) },
  "rp2040-pll": { make: (ports) => new Pll(ports) },
  "rp2040-io": { make: (ports) => new IoBank(ports), pinMux: true },
  "rp2040-pads": { make: (ports) => new Pads(ports) },
  "rp2040-sio": { make: (ports) => new Sio(ports) },
  "rp2040-resets": { make: (ports) => new Resets(ports) },
  "rp2040-psm": { make: (ports) => new PowerStates(ports) },
  "rp2040-chip-reset": { make: (ports) => new ChipReset(ports) },
  "rp2040-sysinfo": { make: (ports) => new SysInfo(ports) },
  "rp2040-ssi": { make: (ports) => new Ssi(ports) },
  "rp2040-xip": { make: (ports) => new XipControl(ports) },
  "rp2040-timer": { make: (ports) => new Timer(ports) },
  "rp2040-usb": { make: (ports) => new Usb(ports) },
  "rp2040-watchdog": { make: (ports) => new Watchdog(ports) },
};
