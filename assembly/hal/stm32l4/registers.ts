// Registers of the STM32L4+ (RM0432): RCC 6.4, PWR 5.4, FLASH 3.7, DMA 11.6, DMAMUX 12.6, SAI 53.6.

export const RCC: usize = 0x40021000;
export const RCC_CR: usize = 0x00;
export const RCC_CR_HSION: u32 = 1 << 8;
export const RCC_CR_HSIRDY: u32 = 1 << 10;
export const RCC_CR_PLLON: u32 = 1 << 24;
export const RCC_CR_PLLRDY: u32 = 1 << 25;
export const RCC_CR_PLLSAI1ON: u32 = 1 << 26;
export const RCC_CR_PLLSAI1RDY: u32 = 1 << 27;
export const RCC_CFGR: usize = 0x08;
export const RCC_CFGR_SW: u32 = 3;
export const RCC_CFGR_SW_HSI16: u32 = 1;
export const RCC_CFGR_SW_PLL: u32 = 3;
export const RCC_CFGR_SWS: u32 = 3 << 2;
export const RCC_CFGR_HPRE: u32 = 15 << 4;
export const RCC_PLLCFGR: usize = 0x0c;
export const RCC_PLLCFGR_PLLSRC_HSI16: u32 = 2;
export const RCC_PLLCFGR_PLLREN: u32 = 1 << 24;
export const RCC_PLLSAI1CFGR: usize = 0x10;
export const RCC_PLLSAI1CFGR_PLLSAI1PEN: u32 = 1 << 16;
export const RCC_APB2RSTR: usize = 0x40;
export const RCC_APB2RSTR_SAI1RST: u32 = 1 << 21;
export const RCC_AHB1ENR: usize = 0x48;
export const RCC_AHB2ENR: usize = 0x4c;
export const RCC_APB1ENR1: usize = 0x58;
export const RCC_APB1ENR1_PWREN: u32 = 1 << 28;
export const RCC_APB1ENR2: usize = 0x5c;
export const RCC_APB2ENR: usize = 0x60;
export const RCC_CCIPR2: usize = 0x9c;
/** 0: PLLSAI1's output P. */
export const RCC_CCIPR2_SAI1SEL: u32 = 7 << 5;
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
export const FLASH_ACR_ICRST: u32 = 1 << 11;
export const FLASH_ACR_DCRST: u32 = 1 << 12;
export const FLASH_KEYR: usize = 0x08;
export const FLASH_SR: usize = 0x10;
export const FLASH_SR_EOP: u32 = 1 << 0;
export const FLASH_SR_PROGERR: u32 = 1 << 3;
export const FLASH_SR_WRPERR: u32 = 1 << 4;
export const FLASH_SR_PGAERR: u32 = 1 << 5;
export const FLASH_SR_SIZERR: u32 = 1 << 6;
export const FLASH_SR_PGSERR: u32 = 1 << 7;
export const FLASH_SR_BSY: u32 = 1 << 16;
export const FLASH_CR: usize = 0x14;
export const FLASH_CR_PG: u32 = 1 << 0;
export const FLASH_CR_PER: u32 = 1 << 1;
export const FLASH_CR_BKER: u32 = 1 << 11;
export const FLASH_CR_STRT: u32 = 1 << 16;
export const FLASH_CR_LOCK: u32 = 0x8000_0000;

/** Channel 1. */
export const DMA1: usize = 0x40020000;
export const DMA1_ISR: usize = 0x00;
export const DMA1_ISR_TCIF1: u32 = 1 << 1;
export const DMA1_ISR_HTIF1: u32 = 1 << 2;
export const DMA1_IFCR: usize = 0x04;
export const DMA1_IFCR_CGIF1: u32 = 1 << 0;
export const CHANNEL1_CR: usize = 0x08;
export const CHANNEL1_NDTR: usize = 0x0c;
export const CHANNEL1_PAR: usize = 0x10;
export const CHANNEL1_MAR: usize = 0x14;
export const CHANNEL1_CR_EN: u32 = 1 << 0;
export const CHANNEL1_CR_TCIE: u32 = 1 << 1;
export const CHANNEL1_CR_HTIE: u32 = 1 << 2;
export const CHANNEL1_CR_CIRC: u32 = 1 << 5;
export const CHANNEL1_CR_MINC: u32 = 1 << 7;
/** Words from the peripheral, of which halfwords go into memory. */
export const CHANNEL1_CR_PSIZE_BITS32: u32 = 2 << 8;
export const CHANNEL1_CR_MSIZE_BITS16: u32 = 1 << 10;

/** Of the multiplexer's channel 0, which is DMA1's channel 1. */
export const DMAMUX1: usize = 0x40020800;
export const DMAMUX1_CCR: usize = 0x00;
/** DMAREQ_ID (12.3.2, table 54, STM32L4Rxxx). */
export const REQUEST_SAI1_A: u32 = 36;

/** Block A. */
export const SAI1: usize = 0x40015400;
export const BLOCK_A_CR1: usize = 0x04;
export const BLOCK_A_CR1_MODE_MASTERRX: u32 = 1 << 0;
export const BLOCK_A_CR1_DS_BIT16: u32 = 4 << 5;
export const BLOCK_A_CR1_CKSTR: u32 = 1 << 9;
export const BLOCK_A_CR1_SAIEN: u32 = 1 << 16;
export const BLOCK_A_CR1_DMAEN: u32 = 1 << 17;
export const BLOCK_A_CR1_NOMCK: u32 = 1 << 19;
export const BLOCK_A_CR2: usize = 0x08;
export const BLOCK_A_CR2_FFLUSH: u32 = 1 << 3;
export const BLOCK_A_FRCR: usize = 0x0c;
export const BLOCK_A_FRCR_FSDEF: u32 = 1 << 16;
export const BLOCK_A_FRCR_FSOFF: u32 = 1 << 18;
export const BLOCK_A_SLOTR: usize = 0x10;
export const BLOCK_A_SLOTR_SLOTSZ_BIT32: u32 = 2 << 6;
export const BLOCK_A_IM: usize = 0x14;
export const BLOCK_A_IM_OVRUDRIE: u32 = 1 << 0;
export const BLOCK_A_SR: usize = 0x18;
export const BLOCK_A_SR_OVRUDR: u32 = 1 << 0;
export const BLOCK_A_CLRFR: usize = 0x1c;
export const BLOCK_A_CLRFR_COVRUDR: u32 = 1 << 0;
export const BLOCK_A_DR: usize = 0x20;
