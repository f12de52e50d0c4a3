// Registers of the STM32L4+ (RM0432): RCC 6.4, PWR 5.4, FLASH 3.7.

export const RCC: usize = 0x40021000;
export const RCC_CR: usize = 0x00;
export const RCC_CR_HSION: u32 = 1 << 8;
export const RCC_CR_HSIRDY: u32 = 1 << 10;
export const RCC_CR_PLLON: u32 = 1 << 24;
export const RCC_CR_PLLRDY: u32 = 1 << 25;
export const RCC_CFGR: usize = 0x08;
export const RCC_CFGR_SW: u32 = 3;
export const RCC_CFGR_SW_HSI16: u32 = 1;
export const RCC_CFGR_SW_PLL: u32 = 3;
export const RCC_CFGR_SWS: u32 = 3 << 2;
export const RCC_CFGR_HPRE: u32 = 15 << 4;
export const RCC_PLLCFGR: usize = 0x0c;
export const RCC_PLLCFGR_PLLSRC_HSI16: u32 = 2;
export const RCC_PLLCFGR_PLLREN: u32 = 1 << 24;
export const RCC_AHB2ENR: usize = 0x4c;
export const RCC_APB1ENR1: usize = 0x58;
export const RCC_APB1ENR1_PWREN: u32 = 1 << 28;
export const RCC_APB1ENR2: usize = 0x5c;
export const RCC_APB2ENR: usize = 0x60;
export const RCC_CSR: usize = 0x94;
export const RCC_CSR_RMVF: u32 = 1 << 23;
export const RCC_CSR_PINRSTF: u32 = 1 << 26;
export const RCC_CSR_BORRSTF: u32 = 1 << 27;
export const RCC_CSR_SFTRSTF: u32 = 1 << 28;
export const RCC_CSR_IWDGRSTF: u32 = 1 << 29;

export const PWR: usize = 0x40007000;
export const PWR_CR2: usize = 0x04;
export const PWR_CR2_IOSV: u32 = 1 << 9;
export const PWR_SR2: usize = 0x14;
export const PWR_SR2_VOSF: u32 = 1 << 10;
export const PWR_CR5: usize = 0x80;
export const PWR_CR5_R1MODE: u32 = 1 << 8;

export const FLASH: usize = 0x40022000;
export const FLASH_ACR: usize = 0x00;
export const FLASH_ACR_LATENCY: u32 = 15;
export const FLASH_ACR_PRFTEN: u32 = 1 << 8;
export const FLASH_ACR_ICEN: u32 = 1 << 9;
export const FLASH_ACR_DCEN: u32 = 1 << 10;
