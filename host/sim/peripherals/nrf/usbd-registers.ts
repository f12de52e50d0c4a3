// Registers of USBD that usbd.ts gives a meaning, as offsets (nRF52840 PS 6.35.13).
//
//   tasks   STARTEPIN 4+4n, STARTEPOUT 0x28+4n, EP0RCVOUT 0x4C, EP0STATUS 0x50, EP0STALL 0x54
//   events  USBRESET 0x100, STARTED 0x104, ENDEPIN 0x108+4n, EP0DATADONE 0x128, ENDEPOUT 0x130+4n, USBEVENT 0x158, EP0SETUP 0x15C, EPDATA 0x160
//   EVENTCAUSE 0x400, EPDATASTATUS 0x46C (ones clear), USBADDR 0x470, SETUP bytes 0x480…0x49C, SIZE.EPOUT 0x4A0+4n, ENABLE 0x500,
//   USBPULLUP 0x504, DTOGGLE 0x50C, EPINEN 0x510, EPOUTEN 0x514, EPSTALL 0x518, EPIN 0x600+0x14n (PTR, MAXCNT, AMOUNT), EPOUT 0x700+0x14n

export const event = {
  reset: 0x100,
  started: 0x104,
  endIn: 0x108,
  controlDone: 0x128,
  endOut: 0x130,
  usb: 0x158,
  setup: 0x15c,
  data: 0x160,
} as const;
export const at = {
  cause: 0x400,
  done: 0x46c,
  address: 0x470,
  setup: 0x480,
  size: 0x4a0,
  enable: 0x500,
  pullUp: 0x504,
} as const;
export const more = { toggle: 0x50c, inEnable: 0x510, outEnable: 0x514, stall: 0x518, in: 0x600, out: 0x700 } as const;
export const cause = { suspend: 1 << 8, resume: 1 << 9, ready: 1 << 11 } as const;
