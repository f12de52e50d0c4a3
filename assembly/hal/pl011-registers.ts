// Registers of the Arm PrimeCell UART (Arm DDI 0183 3.2), offsets and masks in place. test/hal/rp2040-registers.test.ts holds every
// line against the crate rp2040-pac. Unannotated: TypeScript reads them too.

export const PL011_DR = 0x0;
export const PL011_FR = 0x18;
export const PL011_FR_RXFE = 1 << 4;
export const PL011_FR_TXFF = 1 << 5;
export const PL011_IBRD = 0x24;
export const PL011_FBRD = 0x28;
export const PL011_LCR_H = 0x2c;
export const PL011_LCR_H_FEN = 1 << 4;
export const PL011_LCR_H_WLEN = 3 << 5;
export const PL011_CR = 0x30;
export const PL011_CR_UARTEN = 1 << 0;
export const PL011_CR_TXE = 1 << 8;
export const PL011_CR_RXE = 1 << 9;
export const PL011_IFLS = 0x34;
export const PL011_IMSC = 0x38;
export const PL011_IMSC_RXIM = 1 << 4;
export const PL011_IMSC_TXIM = 1 << 5;
export const PL011_IMSC_RTIM = 1 << 6;
export const PL011_ICR = 0x44;
