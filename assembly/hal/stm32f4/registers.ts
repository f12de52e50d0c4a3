// Registers of the STM32F4 (RM0390): RCC 6.3, PWR 5.4, FLASH 3.8.

export const RCC: usize = 0x40023800;
export const RCC_CR: usize = 0x00;
export const RCC_CR_HSION: u32 = 1 << 0;
export const RCC_CR_HSIRDY: u32 = 1 << 1;
export const RCC_CR_HSEON: u32 = 1 << 16;
export const RCC_CR_HSERDY: u32 = 1 << 17;
export const RCC_CR_HSEBYP: u32 = 1 << 18;
export const RCC_CR_PLLON: u32 = 1 << 24;
export const RCC_CR_PLLRDY: u32 = 1 << 25;
export const RCC_PLLCFGR: usize = 0x04;
export const RCC_PLLCFGR_SRC_HSE: u32 = 1 << 22;
export const RCC_CFGR: usize = 0x08;
export const RCC_CFGR_SW: u32 = 3;
export const RCC_CFGR_SW_PLL: u32 = 2;
export const RCC_CFGR_SWS: u32 = 3 << 2;
export const RCC_AHB1ENR: usize = 0x30;
export const RCC_APB1ENR: usize = 0x40;
export const RCC_APB1ENR_PWREN: u32 = 1 << 28;
export const RCC_APB1RSTR: usize = 0x20;
export const RCC_APB2ENR: usize = 0x44;
export const RCC_CSR: usize = 0x74;
export const RCC_CSR_LSION: u32 = 1 << 0;
export const RCC_CSR_LSIRDY: u32 = 1 << 1;
export const RCC_CSR_RMVF: u32 = 1 << 24;
export const RCC_CSR_BORRSTF: u32 = 1 << 25;
export const RCC_CSR_PINRSTF: u32 = 1 << 26;
export const RCC_CSR_PORRSTF: u32 = 1 << 27;
export const RCC_CSR_SFTRSTF: u32 = 1 << 28;
export const RCC_CSR_IWDGRSTF: u32 = 1 << 29;

export const PWR: usize = 0x40007000;
export const PWR_CR: usize = 0x00;
export const PWR_CR_VOS: u32 = 3 << 14;
export const PWR_CR_ODEN: u32 = 1 << 16;
export const PWR_CR_ODSWEN: u32 = 1 << 17;
export const PWR_CSR: usize = 0x04;
export const PWR_CSR_ODRDY: u32 = 1 << 16;
export const PWR_CSR_ODSWRDY: u32 = 1 << 17;

export const FLASH: usize = 0x40023c00;
export const FLASH_ACR: usize = 0x00;
export const FLASH_ACR_PRFTEN: u32 = 1 << 8;
export const FLASH_ACR_ICEN: u32 = 1 << 9;
export const FLASH_ACR_DCEN: u32 = 1 << 10;
