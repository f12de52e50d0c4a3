// USB devices of this machine through npm's optional package `usb` (libusb's successor behind WebUSB's interface). In: nothing; out: devices,
// and why there are none where the package or the bus is missing: both are soft, for boards can be flashed over drives and ports too.

import type { UsbDevice } from "../usb-device.ts";

export interface UsbDevices {
  readonly devices: readonly UsbDevice[];
  /** Why USB cannot be looked at. */
  readonly problem?: string;
}

export async function listUsbDevices(): Promise<UsbDevices> {
  try {
    const { WebUSB } = await import("usb");
    const devices = await new WebUSB({ allowAllDevices: true }).getDevices();
    // The package's declared types differ from WebUSB's in what may be undefined; its objects do not.
    return { devices: devices as unknown as readonly UsbDevice[] };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    return {
      devices: [],
      problem: isMissing ? "the optional package `usb` is not installed (npm install usb)" : `no USB here: ${message}`,
    };
  }
}
