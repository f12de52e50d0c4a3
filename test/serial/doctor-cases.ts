// What goes wrong between a user and a board, injected at the level of the operating system: a machine of files, processes and users, and a
// device on a line. The twelve of the doctor's table (and what is near them), and healthy set-ups, in which it must find nothing.
//
// The quick test reads the files and the line in this process, the slow one runs the real command line.

import { nano33, SamBaDevice } from "../../host/serial/emulated/sam-ba-device.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import {
  bootsel,
  brownoutBoot,
  ch340,
  cp2102,
  type DoctorCase,
  espStart,
  hurtLine,
  keyboard,
  mine,
  modem,
  pico,
  plain,
  results,
  speaker,
  stLink,
} from "./doctor-scene.ts";
import { f411Sectors } from "./rom-benches.ts";
import { bootLine } from "./scripted-device.ts";

export const doctorCases: readonly DoctorCase[] = [
  {
    ...{ name: "serialport's compiled code is missing", finds: "binding-missing", exit: 4, args: [], ofTwelve: true },
    withoutBinding: true,
    build: (root) => void root.user(mine).usb(pico),
    fix: /npm install serialport@13/,
  },
  {
    ...{ name: "not in the group dialout", finds: "no-permission", exit: 5, args: [], ofTwelve: true },
    build: (root) =>
      void root
        .user({})
        .usb({ ...pico, ttyMode: 0o660 })
        .usb(keyboard),
    fix: /sudo usermod -aG dialout alice/,
  },
  {
    ...{ name: "not in the group uucp (Arch)", finds: "no-permission", exit: 5, args: [], distribution: "arch" },
    build: (root) => void root.user({ group: "uucp" }).usb({ ...cp2102, ttyMode: 0o660 }),
    fix: /sudo usermod -aG uucp alice/,
  },
  {
    ...{ name: "in the group since this session began", finds: "no-permission", exit: 5, args: [] },
    build: (root) => void root.user({ listed: true }).usb({ ...pico, ttyMode: 0o660 }),
    fix: /^log out and in again[\s\S]*$/,
  },
  {
    ...{ name: "BOOTSEL on USB without a rule", finds: "udev-rule-missing", exit: 5, ofTwelve: true },
    args: ["--board", "pico", "--expect", "loader"],
    build: (root) => void root.user({ memberOf: true }).usb({ ...bootsel, mode: 0o644 }),
    fix: /doctor --emit-udev \| sudo tee \/etc\/udev\/rules\.d\/70-thumbelina\.rules/,
  },
  {
    ...{ name: "ModemManager has the port open", finds: "modem-manager", exit: 6, args: [], ofTwelve: true },
    build: (root) => {
      root.user(mine).usb({ ...pico, interface: plain });
      root.process("ModemManager", "/dev/ttyACM0");
    },
    fix: /doctor --emit-udev/,
  },
  {
    ...{
      name: "ModemManager will probe the port at each plug",
      finds: "modem-manager",
      exit: 6,
      args: ["--watch", "0"],
    },
    build: (root) => {
      root.user(mine).usb({ ...pico, interface: modem });
      root.process("ModemManager");
    },
    fix: /doctor --emit-udev/,
  },
  {
    ...{ name: "brltty has taken a CH340", finds: "brltty", exit: 6, args: [], distribution: "ubuntu", ofTwelve: true },
    build: (root) => {
      root
        .user(mine)
        .usb({ ...ch340, driver: "usbfs" })
        .usb(keyboard);
      root.process("brltty", "/dev/bus/usb/001/001");
    },
    fix: /systemctl mask brltty-udev/,
  },
  {
    ...{ name: "a CH340 without driver", finds: "driver-missing", exit: 4, args: [] },
    build: (root) => void root.user(mine).usb(ch340),
    fix: /sudo modprobe ch341/,
  },
  {
    ...{ name: "a terminal program has the port", finds: "port-busy", exit: 6, args: [], ofTwelve: true },
    build: (root) => {
      root.user(mine).usb(cp2102);
      root.process("minicom", "/dev/ttyUSB0");
    },
    fix: /^close the program \(minicom\)/,
  },
  {
    ...{ name: "a process of another user has locked the port", finds: "port-busy", exit: 6, args: [] },
    build: (root) => {
      root.user(mine).usb(cp2102);
      root.file("run/lock/LCK..ttyUSB0", `${String(root.process("gtkterm")).padStart(10)} gtkterm bob\n`);
    },
    fix: /gtkterm/,
  },
  {
    ...{ name: "nothing is plugged in", finds: "no-device", exit: 4, args: [], ofTwelve: true },
    build: (root) => void root.user(mine).usb(keyboard),
    fix: /another cable/,
  },
  {
    ...{ name: "nothing is seen in WSL", finds: "no-device", exit: 4, args: [], distribution: "ubuntu" },
    build: (root) => {
      root.user(mine);
      root.file("proc/version", "Linux version 5.15.167.4-microsoft-standard-WSL2");
    },
    fix: /usbipd attach --wsl/,
  },
  {
    ...{ name: "the port that was named is not there", finds: "no-device", exit: 4, args: ["-p", "/dev/ttyACM3"] },
    build: (root) => void root.user(mine).usb(pico),
  },
  {
    ...{ name: "another serial number than was named", finds: "no-device", exit: 4, args: ["-p", "id:E66"] },
    build: (root) => void root.user(mine).usb(pico),
    fix: /is it that one\? then give it: -p \/dev\/ttyACM0/,
  },
  {
    ...{
      name: "another board than the one that was named",
      finds: "no-device",
      exit: 4,
      args: ["--board", "microbit"],
    },
    build: (root) => void root.user(mine).usb(pico),
    fix: /is it that one\? then give it: -p \/dev\/ttyACM0/,
  },
  {
    ...{ name: "the device speaks at 9600 baud", finds: "wrong-baud", exit: 6, args: [], ofTwelve: true },
    build: (root) => void root.user(mine).usb(keyboard),
    device: { ...speaker(results, { baud: 9600, everyMilliseconds: 250 }), through: "rfc2217" },
    fix: /--baud 9600/,
  },
  {
    ...{ name: "an STM32 in its boot loader", finds: "boot-loader", exit: 4, args: ["--board", "blackpill-f411"] },
    ofTwelve: true,
    build: (root, pty) => void root.user(mine).usb({ ...cp2102, pty }),
    device: {
      make: () => {
        const flash = new Uint8Array(512 * 1024).fill(0xff);
        return new Stm32UsartDevice({ productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors }, flash, {}, 0);
      },
      through: "pty",
    },
    fix: /thumbelina flash app\.json --board blackpill-f411[\s\S]*BOOT0 low/,
  },
  {
    ...{ name: "a Nano 33 BLE in its boot loader", finds: "boot-loader", exit: 4, args: [] },
    build: (root, pty) => void root.user(mine).usb({ ...pico, vendor: "2341", product: "005a", pty }),
    device: { make: () => new SamBaDevice(nano33, new Uint8Array(1 << 20).fill(0xff), {}, 0), through: "pty" },
    fix: /--board nano33ble[\s\S]*press reset once/,
  },
  {
    ...{ name: "a Pico in BOOTSEL, an app expected", finds: "boot-loader", exit: 4, args: [] },
    build: (root) => void root.user({ memberOf: true }).usb(bootsel),
    fix: /without holding BOOTSEL/,
  },
  {
    ...{ name: "an app where a boot loader was expected", finds: "application", exit: 4, ofTwelve: true },
    args: ["--board", "nano33ble", "--expect", "loader"],
    build: (root, pty) => void root.user(mine).usb({ ...pico, vendor: "2341", product: "805a", pty }),
    device: speaker(results),
    fix: /flash app\.json --board nano33ble[\s\S]*press reset twice/,
  },
  {
    ...{ name: "a silent app where a boot loader was expected", finds: "application", exit: 4 },
    args: ["--board", "blackpill-f411", "--expect", "loader"],
    build: (root, pty) => void root.user(mine).usb({ ...cp2102, pty }),
    device: speaker(() => undefined, { answersEcho: true }),
    fix: /BOOT0/,
  },
  {
    ...{ name: "the supply breaks down at each start", finds: "brownout", exit: 6, args: [], ofTwelve: true },
    build: (root, pty) => void root.user(mine).usb({ ...stLink, pty }),
    device: speaker((i) => (i % 6 === 0 ? `${brownoutBoot}\n` : i % 6 === 1 ? results(0) : "")),
    fix: /own supply/,
  },
  {
    ...{ name: "an ESP32's brownout detector", finds: "brownout", exit: 6, args: [] },
    build: (root, pty) => void root.user(mine).usb({ ...cp2102, pty }),
    device: speaker(espStart, { everyMilliseconds: 250 }),
    fix: /own supply/,
  },
  {
    ...{ name: "the watchdog restarts the app", finds: "restarts", exit: 6, args: [] },
    build: (root, pty) => void root.user(mine).usb({ ...stLink, pty }),
    device: speaker((i) => (i % 6 === 0 ? `${bootLine.replace('"reset":1', '"reset":4')}\n` : "")),
    fix: /thumbelina stream/,
  },
  {
    ...{ name: "noise on the line", finds: "line-noise", exit: 6, args: [], ofTwelve: true },
    build: (root, pty) => void root.user(mine).usb({ ...cp2102, pty }),
    device: speaker(hurtLine),
    fix: /shorter cable/,
  },
];

export const healthyCases: readonly DoctorCase[] = [
  {
    ...{ name: "a Pico gives results; ModemManager is told to keep off", exit: 0, args: [] },
    build: (root, pty) => {
      root
        .user(mine)
        .usb({ ...pico, interface: modem, properties: { ID_MM_DEVICE_IGNORE: "1" }, pty })
        .usb(keyboard);
      root.process("ModemManager");
    },
    device: speaker(results),
  },
  {
    ...{
      name: "a Nucleo whose app is silent (Arch)",
      exit: 0,
      args: ["--board", "nucleo-f446re"],
      distribution: "arch",
    },
    build: (root, pty) => void root.user({ ...mine, group: "uucp" }).usb({ ...stLink, pty }),
    device: speaker(() => undefined, { answersEcho: true }),
  },
  {
    ...{ name: "a Pico in BOOTSEL, to be flashed", exit: 0, args: ["--board", "pico", "--expect", "loader"] },
    build: (root) => {
      root.user({ memberOf: true }).usb(bootsel).usb(keyboard);
      root.process("brltty");
    },
  },
  {
    ...{ name: "another's app behind TCP (Fedora)", exit: 0, args: ["--baud", "9600"], distribution: "fedora" },
    build: (root) => {
      root.user(mine).usb(keyboard);
      root.process("ModemManager");
    },
    device: { ...speaker((i) => `x:${i} y:${i * i} Temperatur: ${20 + (i % 3)} °C\r\n`), through: "tcp" },
  },
  {
    ...{ name: "an ESP32 that has just started; a dead process's lock file", exit: 0, args: [] },
    build: (root, pty) => {
      root.user(mine).usb({ ...cp2102, pty });
      root.process("brltty");
      root.process("ModemManager");
      root.process("chrome", "/dev/ttyS0");
      root.file("run/lock/LCK..ttyUSB0", "     31999 minicom alice\n");
    },
    device: speaker((i) => (i === 0 ? espStart(0) : `I (${300 + i}) main: 温度 ${i}\r\n`)),
  },
];
