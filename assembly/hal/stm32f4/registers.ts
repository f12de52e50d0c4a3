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
export const RCC_CR_PLLI2SON: u32 = 1 << 26;
export const RCC_CR_PLLI2SRDY: u32 = 1 << 27;
export const RCC_APB1RSTR_SPI2RST: u32 = 1 << 14;
export const RCC_PLLI2SCFGR: usize = 0x84;
export const RCC_PLLI2SCFGR_PLLI2SM: u32 = 63;
export const RCC_PLLI2SCFGR_PLLI2SN: u32 = 511 << 6;
export const RCC_PLLI2SCFGR_PLLI2SR: u32 = 7 << 28;
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

/** ADC (RM0390 13.13) and its common registers. */
export const ADC1: usize = 0x40012000;
export const ADC1_SR: usize = 0x00;
export const ADC1_SR_OVR: u32 = 1 << 5;
export const ADC1_CR1: usize = 0x04;
export const ADC1_CR1_OVRIE: u32 = 1 << 26;
export const ADC1_CR2: usize = 0x08;
export const ADC1_CR2_ADON: u32 = 1 << 0;
export const ADC1_CR2_DMA: u32 = 1 << 8;
export const ADC1_CR2_DDS: u32 = 1 << 9;
export const ADC1_SMPR1: usize = 0x0c;
export const ADC1_SMPR2: usize = 0x10;
export const ADC1_SQR1: usize = 0x2c;
export const ADC1_SQR3: usize = 0x34;
export const ADC1_DR: usize = 0x4c;
export const ADC_COMMON: usize = 0x40012300;
export const ADC_COMMON_CCR: usize = 0x04;

/** DMA (RM0390 9.5), stream 0. */
export const DMA2: usize = 0x40026400;
export const DMA2_LISR: usize = 0x00;
export const DMA2_LISR_TCIF0: u32 = 1 << 5;
export const DMA2_LIFCR: usize = 0x08;
/** S0CR, S0NDTR, S0PAR, S0M0AR, S0M1AR (9.5.5 to 9.5.9). */
export const STREAM0_CR: usize = 0x10;
export const STREAM0_NDTR: usize = 0x14;
export const STREAM0_PAR: usize = 0x18;
export const STREAM0_M0AR: usize = 0x1c;
export const STREAM0_M1AR: usize = 0x20;
export const STREAM0_CR_EN: u32 = 1 << 0;
export const STREAM0_CR_TCIE: u32 = 1 << 4;
export const STREAM0_CR_MINC: u32 = 1 << 10;
export const STREAM0_CR_DBM: u32 = 1 << 18;
export const STREAM0_CR_CT: u32 = 1 << 19;

/** Stream 3. */
export const DMA1: usize = 0x40026000;
export const DMA1_LISR: usize = 0x00;
export const DMA1_LISR_HTIF3: u32 = 1 << 26;
export const DMA1_LISR_TCIF3: u32 = 1 << 27;
export const DMA1_LIFCR: usize = 0x08;
export const STREAM3_CR: usize = 0x58;
export const STREAM3_NDTR: usize = 0x5c;
export const STREAM3_PAR: usize = 0x60;
export const STREAM3_M0AR: usize = 0x64;
export const STREAM3_CR_EN: u32 = 1 << 0;
export const STREAM3_CR_HTIE: u32 = 1 << 3;
export const STREAM3_CR_TCIE: u32 = 1 << 4;
export const STREAM3_CR_CIRC: u32 = 1 << 8;
export const STREAM3_CR_MINC: u32 = 1 << 10;
/** PSIZE, MSIZE: halfwords. */
export const STREAM3_CR_PSIZE_BITS16: u32 = 1 << 11;
export const STREAM3_CR_MSIZE_BITS16: u32 = 1 << 13;

/** SPI as I2S (RM0390 26.7). */
export const SPI2: usize = 0x40003800;
export const SPI2_CR2: usize = 0x04;
export const SPI2_CR2_RXDMAEN: u32 = 1 << 0;
export const SPI2_CR2_ERRIE: u32 = 1 << 5;
export const SPI2_SR: usize = 0x08;
export const SPI2_SR_OVR: u32 = 1 << 6;
export const SPI2_DR: usize = 0x0c;
export const SPI2_I2SCFGR: usize = 0x1c;
/** CHLEN: a channel has 32 bits on the line. */
export const SPI2_I2SCFGR_CHLEN: u32 = 1 << 0;
export const SPI2_I2SCFGR_I2SCFG_MASTERRX: u32 = 3 << 8;
export const SPI2_I2SCFGR_I2SE: u32 = 1 << 10;
export const SPI2_I2SCFGR_I2SMOD: u32 = 1 << 11;
export const SPI2_I2SPR: usize = 0x20;
export const SPI2_I2SPR_ODD: u32 = 1 << 8;

export const TIM3: usize = 0x40000400;

/** Flash interface, beside ACR (RM0390 3.8). */
export const FLASH_KEYR: usize = 0x04;
export const FLASH_SR: usize = 0x0c;
export const FLASH_SR_EOP: u32 = 1 << 0;
export const FLASH_SR_WRPERR: u32 = 1 << 4;
export const FLASH_SR_PGAERR: u32 = 1 << 5;
export const FLASH_SR_PGPERR: u32 = 1 << 6;
export const FLASH_SR_PGSERR: u32 = 1 << 7;
export const FLASH_SR_BSY: u32 = 1 << 16;
export const FLASH_CR: usize = 0x10;
export const FLASH_CR_PG: u32 = 1 << 0;
export const FLASH_CR_SER: u32 = 1 << 1;
export const FLASH_CR_STRT: u32 = 1 << 16;
export const FLASH_CR_LOCK: u32 = 0x8000_0000;
export const FLASH_ACR_ICRST: u32 = 1 << 11;
export const FLASH_ACR_DCRST: u32 = 1 << 12;
