// What USB ids say of a port or device: which boards it may be, what it is (an application's port, a boot loader, a bridge, a debug
// probe), and how its modem lines reset the chip behind it. Each row has its source; rows say "may be", a user's --board decides.
//
// `ids` of a row: product ids, or "any" for a vendor whose products are one kind here. The first matching row counts.

import type { PortInfo } from "./port.ts";

export interface UsbIdRow {
  readonly vendorId: number;
  readonly productIds: readonly number[] | "any";
  readonly what: string;
  /** application: firmware's own port; loader: a boot loader; bridge: USB to UART; probe: a debug probe with a UART; other: no board. */
  readonly role: "application" | "loader" | "bridge" | "probe" | "other";
  /** Names of boards/ that it may be; empty: any with a UART. */
  readonly boards: readonly string[];
  /** How DTR and RTS reach the chip: `reset-sequence.ts`. Absent: they do not. */
  readonly wiring?: "esp" | "native-usb-touch";
  readonly source: string;
}

const picotool = "picotool, include/boot/picoboot.h and pico-sdk pico_stdio_usb";
const arduino = "ArduinoCore-mbed and ArduinoCore-samd, boards.txt";
const linux = "Linux drivers/usb/serial, id tables";

export const usbIds: readonly UsbIdRow[] = [
  {
    ...{ vendorId: 0x2e8a, productIds: [0x0003], role: "loader", boards: ["pico"] },
    ...{ what: "RP2040 boot ROM (BOOTSEL)", source: picotool },
  },
  {
    ...{ vendorId: 0x2e8a, productIds: [0x000f], role: "loader", boards: ["pico2"] },
    ...{ what: "RP2350 boot ROM (BOOTSEL)", source: picotool },
  },
  {
    ...{ vendorId: 0x2e8a, productIds: [0x000a, 0x0009, 0x0005], role: "application", boards: ["pico"] },
    ...{ what: "RP2040 application (CDC)", wiring: "native-usb-touch", source: picotool },
  },
  {
    ...{ vendorId: 0x2e8a, productIds: [0x0004, 0x000c], role: "probe", boards: ["pico"] },
    ...{ what: "Raspberry Pi Debug Probe", source: picotool },
  },
  {
    ...{ vendorId: 0x2341, productIds: [0x805a], role: "application", boards: ["nano33ble"] },
    ...{ what: "Arduino Nano 33 BLE", wiring: "native-usb-touch", source: arduino },
  },
  {
    ...{ vendorId: 0x2341, productIds: [0x005a], role: "loader", boards: ["nano33ble"] },
    ...{ what: "Arduino Nano 33 BLE boot loader", source: arduino },
  },
  {
    ...{ vendorId: 0x2341, productIds: [0x804d, 0x804f], role: "application", boards: ["arduino-zero", "mkrzero"] },
    ...{ what: "Arduino SAMD application (native port)", wiring: "native-usb-touch", source: arduino },
  },
  {
    ...{ vendorId: 0x2341, productIds: [0x004d, 0x004f], role: "loader", boards: ["arduino-zero", "mkrzero"] },
    ...{ what: "Arduino SAMD boot loader", source: arduino },
  },
  {
    ...{ vendorId: 0x239a, productIds: [0x8029, 0x802a], role: "application", boards: ["feather-nrf52840"] },
    ...{ what: "Adafruit Feather nRF52840", wiring: "native-usb-touch" },
    source: "Adafruit_nRF52_Arduino boards.txt",
  },
  {
    ...{ vendorId: 0x239a, productIds: [0x0029, 0x002a], role: "loader", boards: ["feather-nrf52840"] },
    ...{
      what: "Adafruit nRF52 boot loader",
      source: "Adafruit_nRF52_Bootloader src/boards/feather_nrf52840_express/board.h",
    },
  },
  {
    ...{ vendorId: 0x0483, productIds: [0x374b, 0x374e, 0x3752, 0x3753, 0x374f], role: "probe" },
    boards: ["nucleo-f446re", "nucleo-l4r5zi"],
    ...{ what: "ST-LINK", source: "stlink-org/stlink config/udev/rules.d, 49-stlinkv2-1 and v3" },
  },
  {
    ...{ vendorId: 0x0483, productIds: [0xdf11], role: "loader", boards: ["blackpill-f411", "netduinoplus2"] },
    ...{ what: "STM32 boot loader (DFU)", source: "ST AN2606, USB DFU" },
  },
  {
    ...{ vendorId: 0x0483, productIds: [0x5740], role: "application", boards: ["blackpill-f411"] },
    ...{ what: "STM32 application (CDC)", source: "STM32CubeF4 usbd_desc.c" },
  },
  {
    ...{ vendorId: 0x0d28, productIds: [0x0204], role: "probe", boards: ["microbit"] },
    ...{ what: "DAPLink", source: "ARMmbed/DAPLink source/usb/usb_config.c" },
  },
  {
    ...{ vendorId: 0x1366, productIds: "any", role: "probe", boards: [] },
    ...{ what: "SEGGER J-Link", source: "SEGGER 99-jlink.rules" },
  },
  {
    ...{ vendorId: 0x303a, productIds: [0x1001], role: "loader", boards: [] },
    ...{ what: "Espressif USB JTAG/serial", wiring: "esp", source: "esptool/loader.py USB_JTAG_SERIAL_PID" },
  },
  {
    ...{ vendorId: 0x303a, productIds: [0x0002], role: "loader", boards: [] },
    ...{ what: "Espressif USB OTG", wiring: "esp", source: "esptool, ESP32-S2 USB_OTG" },
  },
  {
    ...{ vendorId: 0x10c4, productIds: [0xea60, 0xea70, 0xea71], role: "bridge", boards: ["esp32-devkitc"] },
    ...{ what: "Silicon Labs CP210x", wiring: "esp", source: `${linux}: cp210x.c` },
  },
  {
    ...{ vendorId: 0x1a86, productIds: [0x7523, 0x5523, 0x7522], role: "bridge", boards: [] },
    ...{ what: "WCH CH340", wiring: "esp", source: `${linux}: ch341.c` },
  },
  {
    ...{ vendorId: 0x1a86, productIds: [0x55d3, 0x55d4], role: "bridge", boards: [] },
    ...{ what: "WCH CH343/CH9102", wiring: "esp", source: "WCHSoftGroup/ch343ser_linux, id table" },
  },
  {
    ...{ vendorId: 0x0403, productIds: [0x6001, 0x6010, 0x6011, 0x6014, 0x6015], role: "bridge", boards: [] },
    ...{ what: "FTDI", source: `${linux}: ftdi_sio_ids.h` },
  },
  {
    ...{ vendorId: 0x067b, productIds: [0x2303, 0x23a3], role: "bridge", boards: [] },
    ...{ what: "Prolific PL2303", source: `${linux}: pl2303.h` },
  },
];

export function usbIdOf({ vendorId, productId }: Pick<PortInfo, "vendorId" | "productId">): UsbIdRow | undefined {
  if (vendorId === undefined || productId === undefined) return undefined;
  return usbIds.find(
    (row) => row.vendorId === vendorId && (row.productIds === "any" || row.productIds.includes(productId)),
  );
}

/** An application of this board may be asked for the boot loader by 1200 baud. */
export const asksAt1200 = (board: string): boolean =>
  usbIds.some(({ wiring, boards }) => wiring === "native-usb-touch" && boards.includes(board));

export const usbIdText = ({ vendorId, productId }: Pick<PortInfo, "vendorId" | "productId">): string =>
  vendorId === undefined || productId === undefined ? "" : `${hex4(vendorId)}:${hex4(productId)}`;

const hex4 = (value: number) => value.toString(16).padStart(4, "0");
