// Registers shared by the STM32 families, by offset (RM0390 for F4, RM0432 for L4; sections in the drivers).

/** USART of the first generation (RM0390 25.6). */
export const USART1_SR: usize = 0x00;
export const USART1_DR: usize = 0x04;
export const USART1_BRR: usize = 0x08;
export const USART1_CR1: usize = 0x0c;
/** Of the second (RM0432 50.8). */
export const USART2_CR1: usize = 0x00;
export const USART2_BRR: usize = 0x0c;
export const USART2_ISR: usize = 0x1c;
export const USART2_ICR: usize = 0x20;
export const USART2_RDR: usize = 0x24;
export const USART2_TDR: usize = 0x28;
export const USART_ORE: u32 = 1 << 3;
export const USART_RXNE: u32 = 1 << 5;
export const USART_TXE: u32 = 1 << 7;
export const USART_CR1_RE: u32 = 1 << 2;
export const USART_CR1_TE: u32 = 1 << 3;
export const USART_CR1_RXNEIE: u32 = 1 << 5;
export const USART_CR1_TXEIE: u32 = 1 << 7;
export const USART1_CR1_UE: u32 = 1 << 13;
export const USART2_CR1_UE: u32 = 1 << 0;

/** GPIO port (RM0390 7.4, RM0432 8.5). */
export const GPIO_MODER: usize = 0x00;
export const GPIO_OTYPER: usize = 0x04;
export const GPIO_PUPDR: usize = 0x0c;
export const GPIO_IDR: usize = 0x10;
export const GPIO_BSRR: usize = 0x18;
export const GPIO_AFRL: usize = 0x20;
export const GPIO_PORT_BYTES: usize = 0x400;

/** General-purpose timer with 32 bits, TIM2 and TIM5 (RM0390 17.4, RM0432 38.4). */
export const TIM_CR1: usize = 0x00;
export const TIM_CR2: usize = 0x04;
export const TIM_DIER: usize = 0x0c;
export const TIM_SR: usize = 0x10;
export const TIM_EGR: usize = 0x14;
export const TIM_CNT: usize = 0x24;
export const TIM_PSC: usize = 0x28;
export const TIM_ARR: usize = 0x2c;
export const TIM_CCR1: usize = 0x34;
export const TIM_CR1_CEN: u32 = 1 << 0;
export const TIM_CR1_URS: u32 = 1 << 2;
/** MMS: an update is the trigger output. */
export const TIM_CR2_MMS_UPDATE: u32 = 2 << 4;
export const TIM_CC1: u32 = 1 << 1;
export const TIM_UPDATE: u32 = 1 << 0;

/** Independent watchdog (RM0390 21.4, RM0432 47.4): the same address in both families. */
export const IWDG: usize = 0x40003000;
export const IWDG_KR: usize = 0x00;
export const IWDG_PR: usize = 0x04;
export const IWDG_RLR: usize = 0x08;
export const IWDG_SR: usize = 0x0c;
export const IWDG_KEY_START: u32 = 0xcccc;
export const IWDG_KEY_ACCESS: u32 = 0x5555;
export const IWDG_KEY_RELOAD: u32 = 0xaaaa;

/** I2C of the first generation (RM0390 24.6). */
export const I2C1_CR1: usize = 0x00;
export const I2C1_CR1_PE: u32 = 1 << 0;
export const I2C1_CR1_START: u32 = 1 << 8;
export const I2C1_CR1_STOP: u32 = 1 << 9;
export const I2C1_CR1_ACK: u32 = 1 << 10;
export const I2C1_CR1_POS: u32 = 1 << 11;
export const I2C1_CR1_SWRST: u32 = 1 << 15;
export const I2C1_CR2: usize = 0x04;
export const I2C1_DR: usize = 0x10;
export const I2C1_SR1: usize = 0x14;
export const I2C1_SR1_SB: u32 = 1 << 0;
export const I2C1_SR1_ADDR: u32 = 1 << 1;
export const I2C1_SR1_BTF: u32 = 1 << 2;
export const I2C1_SR1_RXNE: u32 = 1 << 6;
export const I2C1_SR1_TXE: u32 = 1 << 7;
export const I2C1_SR1_BERR: u32 = 1 << 8;
export const I2C1_SR1_ARLO: u32 = 1 << 9;
export const I2C1_SR1_AF: u32 = 1 << 10;
export const I2C1_SR2: usize = 0x18;
export const I2C1_CCR: usize = 0x1c;
export const I2C1_CCR_F_S: u32 = 1 << 15;
export const I2C1_TRISE: usize = 0x20;

/** Of the second (RM0432 49.9). */
export const I2C2_CR1: usize = 0x00;
export const I2C2_CR1_PE: u32 = 1 << 0;
export const I2C2_CR2: usize = 0x04;
export const I2C2_CR2_RD_WRN: u32 = 1 << 10;
export const I2C2_CR2_START: u32 = 1 << 13;
export const I2C2_CR2_AUTOEND: u32 = 1 << 25;
export const I2C2_TIMINGR: usize = 0x10;
export const I2C2_ISR: usize = 0x18;
export const I2C2_ISR_TXIS: u32 = 1 << 1;
export const I2C2_ISR_RXNE: u32 = 1 << 2;
export const I2C2_ISR_NACKF: u32 = 1 << 4;
export const I2C2_ISR_STOPF: u32 = 1 << 5;
export const I2C2_ISR_TC: u32 = 1 << 6;
export const I2C2_ISR_BERR: u32 = 1 << 8;
export const I2C2_ISR_ARLO: u32 = 1 << 9;
export const I2C2_ICR: usize = 0x1c;
export const I2C2_RXDR: usize = 0x24;
export const I2C2_TXDR: usize = 0x28;
