// Registers of the RP2040 that drivers use (RP2040 Datasheet; sections beside each block), as offsets from the instance's base; bits
// are masks in place. Every APB and AHB block appears again at +0x1000 XOR, +0x2000 set, +0x3000 clear (2.1.2); SIO does not.
// test/hal/rp2040-registers.test.ts holds every line against the crate rp2040-pac. Unannotated: TypeScript reads them too.

/** Aliases (2.1.2). */
export const ATOMIC_SET = 0x2000;
export const ATOMIC_CLEAR = 0x3000;

/** RESETS (2.14.3). */
export const RESETS = 0x4000c000;
export const RESETS_RESET = 0x0;
export const RESETS_RESET_DONE = 0x8;
export const RESETS_RESET_ADC = 1 << 0;
export const RESETS_RESET_DMA = 1 << 2;
export const RESETS_RESET_I2C0 = 1 << 3;
export const RESETS_RESET_I2C1 = 1 << 4;
export const RESETS_RESET_IO_BANK0 = 1 << 5;
export const RESETS_RESET_PADS_BANK0 = 1 << 8;
export const RESETS_RESET_PLL_SYS = 1 << 12;
export const RESETS_RESET_PLL_USB = 1 << 13;
export const RESETS_RESET_TIMER = 1 << 21;
export const RESETS_RESET_UART0 = 1 << 22;
export const RESETS_RESET_UART1 = 1 << 23;
export const RESETS_RESET_USBCTRL = 1 << 24;

/** CLOCKS (2.15.7). */
export const CLOCKS = 0x40008000;
export const CLOCKS_CLK_REF_CTRL = 0x30;
export const CLOCKS_CLK_REF_SELECTED = 0x38;
export const CLOCKS_CLK_SYS_CTRL = 0x3c;
export const CLOCKS_CLK_SYS_DIV = 0x40;
export const CLOCKS_CLK_SYS_SELECTED = 0x44;
export const CLOCKS_CLK_PERI_CTRL = 0x48;
export const CLOCKS_CLK_PERI_CTRL_ENABLE = 1 << 11;
export const CLOCKS_CLK_USB_CTRL = 0x54;
export const CLOCKS_CLK_USB_CTRL_ENABLE = 1 << 11;
export const CLOCKS_CLK_ADC_CTRL = 0x60;
export const CLOCKS_CLK_ADC_CTRL_ENABLE = 1 << 11;

/** XOSC (2.16.7). */
export const XOSC = 0x40024000;
export const XOSC_CTRL = 0x0;
export const XOSC_STATUS = 0x4;
export const XOSC_STATUS_STABLE = 1 << 31;
export const XOSC_STARTUP = 0xc;

/** PLL (2.18.4). */
export const PLL_SYS = 0x40028000;
export const PLL_USB = 0x4002c000;
export const PLL_SYS_CS = 0x0;
export const PLL_SYS_CS_LOCK = 1 << 31;
export const PLL_SYS_PWR = 0x4;
export const PLL_SYS_PWR_PD = 1 << 0;
export const PLL_SYS_PWR_VCOPD = 1 << 5;
export const PLL_SYS_PWR_POSTDIVPD = 1 << 3;
export const PLL_SYS_FBDIV_INT = 0x8;
export const PLL_SYS_PRIM = 0xc;

/** WATCHDOG (4.7.6). */
export const WATCHDOG = 0x40058000;
export const WATCHDOG_CTRL = 0x0;
export const WATCHDOG_CTRL_TRIGGER = 1 << 31;
export const WATCHDOG_CTRL_ENABLE = 1 << 30;
export const WATCHDOG_LOAD = 0x4;
export const WATCHDOG_REASON = 0x8;
export const WATCHDOG_REASON_TIMER = 1 << 0;
export const WATCHDOG_REASON_FORCE = 1 << 1;
export const WATCHDOG_TICK = 0x2c;
export const WATCHDOG_TICK_ENABLE = 1 << 9;

/** PSM (2.13.5). */
export const PSM = 0x40010000;
export const PSM_WDSEL = 0x8;
export const PSM_WDSEL_ROSC = 1 << 0;
export const PSM_WDSEL_XOSC = 1 << 1;
export const PSM_WDSEL_PROC1 = 1 << 16;

/** VREG_AND_CHIP_RESET (2.10.4). */
export const VREG_AND_CHIP_RESET = 0x40064000;
export const VREG_AND_CHIP_RESET_CHIP_RESET = 0x8;
export const VREG_AND_CHIP_RESET_CHIP_RESET_HAD_POR = 1 << 8;
export const VREG_AND_CHIP_RESET_CHIP_RESET_HAD_RUN = 1 << 16;

/** TIMER (4.6.5). */
export const TIMER = 0x40054000;
export const TIMER_TIMEHW = 0x0;
export const TIMER_TIMELW = 0x4;
export const TIMER_TIMEHR = 0x8;
export const TIMER_TIMELR = 0xc;
export const TIMER_ALARM0 = 0x10;
export const TIMER_ARMED = 0x20;
export const TIMER_TIMERAWL = 0x28;
export const TIMER_INTR = 0x34;
export const TIMER_INTE = 0x38;
export const TIMER_INTF = 0x3c;

/** IO_BANK0 (2.19.6.1): eight bytes a pin. Functions of 2.19.2. */
export const IO_BANK0 = 0x40014000;
export const IO_BANK0_GPIO0_CTRL = 0x4;
export const FUNCTION_UART = 2;
export const FUNCTION_I2C = 3;
export const FUNCTION_SIO = 5;
export const FUNCTION_NONE = 31;

/** PADS_BANK0 (2.19.6.3): four bytes a pin. */
export const PADS_BANK0 = 0x4001c000;
export const PADS_BANK0_GPIO0 = 0x4;
export const PADS_BANK0_GPIO0_OD = 1 << 7;
export const PADS_BANK0_GPIO0_IE = 1 << 6;
export const PADS_BANK0_GPIO0_PUE = 1 << 3;
export const PADS_BANK0_GPIO0_SCHMITT = 1 << 1;

/** SIO (2.3.1.7). */
export const SIO = 0xd0000000;
export const SIO_GPIO_IN = 0x4;
export const SIO_GPIO_OUT_CLR = 0x18;
export const SIO_GPIO_OE_SET = 0x24;
export const SIO_GPIO_OE_CLR = 0x28;

/** UART (4.2.8): see ../pl011.ts. */
export const UART0 = 0x40034000;

/** I2C (4.3.17), Synopsys DesignWare. */
export const I2C0 = 0x40044000;
export const I2C0_IC_CON = 0x0;
export const I2C0_IC_CON_MASTER_MODE = 1 << 0;
export const I2C0_IC_CON_IC_RESTART_EN = 1 << 5;
export const I2C0_IC_CON_IC_SLAVE_DISABLE = 1 << 6;
export const I2C0_IC_CON_TX_EMPTY_CTRL = 1 << 8;
export const I2C0_IC_TAR = 0x4;
export const I2C0_IC_DATA_CMD = 0x10;
export const I2C0_IC_DATA_CMD_CMD = 1 << 8;
export const I2C0_IC_DATA_CMD_STOP = 1 << 9;
export const I2C0_IC_DATA_CMD_RESTART = 1 << 10;
export const I2C0_IC_FS_SCL_HCNT = 0x1c;
export const I2C0_IC_FS_SCL_LCNT = 0x20;
export const I2C0_IC_INTR_MASK = 0x30;
export const I2C0_IC_RAW_INTR_STAT = 0x34;
export const I2C0_IC_RAW_INTR_STAT_TX_ABRT = 1 << 6;
export const I2C0_IC_RAW_INTR_STAT_STOP_DET = 1 << 9;
export const I2C0_IC_CLR_INTR = 0x40;
export const I2C0_IC_CLR_TX_ABRT = 0x54;
export const I2C0_IC_ENABLE = 0x6c;
export const I2C0_IC_ENABLE_ENABLE = 1 << 0;
export const I2C0_IC_TXFLR = 0x74;
export const I2C0_IC_RXFLR = 0x78;
export const I2C0_IC_SDA_HOLD = 0x7c;
export const I2C0_IC_TX_ABRT_SOURCE = 0x80;
export const I2C0_IC_TX_ABRT_SOURCE_ARB_LOST = 1 << 12;
export const I2C0_IC_FS_SPKLEN = 0xa0;

/** ADC (4.9.6). */
export const ADC = 0x4004c000;
export const ADC_CS = 0x0;
export const ADC_CS_EN = 1 << 0;
export const ADC_CS_START_MANY = 1 << 3;
export const ADC_CS_READY = 1 << 8;
export const ADC_CS_AINSEL = 7 << 12;
export const ADC_FCS = 0x8;
export const ADC_FCS_EN = 1 << 0;
export const ADC_FCS_DREQ_EN = 1 << 3;
export const ADC_FCS_UNDER = 1 << 10;
export const ADC_FCS_OVER = 1 << 11;
export const ADC_FCS_THRESH = 15 << 24;
export const ADC_FIFO = 0xc;
export const ADC_DIV = 0x10;

/** DMA (2.5.7): 0x40 bytes a channel. */
export const DMA = 0x50000000;
export const DMA_CH0_READ_ADDR = 0x0;
export const DMA_CH0_WRITE_ADDR = 0x4;
export const DMA_CH0_TRANS_COUNT = 0x8;
export const DMA_CH0_CTRL_TRIG = 0xc;
export const DMA_CH0_AL1_CTRL = 0x10;
export const DMA_CH0_CTRL_TRIG_EN = 1 << 0;
export const DMA_CH0_CTRL_TRIG_DATA_SIZE = 3 << 2;
export const DMA_CH0_CTRL_TRIG_INCR_WRITE = 1 << 5;
export const DMA_CH0_CTRL_TRIG_CHAIN_TO = 15 << 11;
export const DMA_CH0_CTRL_TRIG_TREQ_SEL = 63 << 15;
export const DMA_INTE0 = 0x404;
export const DMA_INTS0 = 0x40c;
export const DMA_CHAN_ABORT = 0x444;
/** Table 120 (2.5.3.1). */
export const DREQ_ADC = 36;

/** XIP_SSI (4.10.13): only what brings our boot stage's clock back. */
export const XIP_SSI = 0x18000000;
export const XIP_SSI_SSIENR = 0x8;
export const XIP_SSI_BAUDR = 0x14;

/** USB (4.1.4): registers; and the memory that it shares with the processor (4.1.2.5), which has no aliases. */
export const USBCTRL_REGS = 0x50110000;
export const USBCTRL_REGS_ADDR_ENDP = 0x0;
export const USBCTRL_REGS_MAIN_CTRL = 0x40;
export const USBCTRL_REGS_MAIN_CTRL_CONTROLLER_EN = 1 << 0;
export const USBCTRL_REGS_SIE_CTRL = 0x4c;
export const USBCTRL_REGS_SIE_CTRL_EP0_INT_1BUF = 1 << 29;
export const USBCTRL_REGS_SIE_CTRL_PULLUP_EN = 1 << 16;
export const USBCTRL_REGS_SIE_STATUS = 0x50;
export const USBCTRL_REGS_SIE_STATUS_BUS_RESET = 1 << 19;
export const USBCTRL_REGS_SIE_STATUS_SETUP_REC = 1 << 17;
export const USBCTRL_REGS_SIE_STATUS_RESUME = 1 << 11;
export const USBCTRL_REGS_SIE_STATUS_SUSPENDED = 1 << 4;
export const USBCTRL_REGS_BUFF_STATUS = 0x58;
export const USBCTRL_REGS_BUFF_STATUS_EP0_IN = 1 << 0;
export const USBCTRL_REGS_BUFF_STATUS_EP0_OUT = 1 << 1;
export const USBCTRL_REGS_BUFF_STATUS_EP2_IN = 1 << 4;
export const USBCTRL_REGS_BUFF_STATUS_EP2_OUT = 1 << 5;
export const USBCTRL_REGS_EP_STALL_ARM = 0x68;
export const USBCTRL_REGS_EP_STALL_ARM_EP0_IN = 1 << 0;
export const USBCTRL_REGS_EP_STALL_ARM_EP0_OUT = 1 << 1;
export const USBCTRL_REGS_USB_MUXING = 0x74;
export const USBCTRL_REGS_USB_MUXING_TO_PHY = 1 << 0;
export const USBCTRL_REGS_USB_MUXING_SOFTCON = 1 << 3;
export const USBCTRL_REGS_USB_PWR = 0x78;
export const USBCTRL_REGS_USB_PWR_VBUS_DETECT = 1 << 2;
export const USBCTRL_REGS_USB_PWR_VBUS_DETECT_OVERRIDE_EN = 1 << 3;
export const USBCTRL_REGS_INTE = 0x90;
export const USBCTRL_REGS_INTE_BUFF_STATUS = 1 << 4;
export const USBCTRL_REGS_INTE_BUS_RESET = 1 << 12;
export const USBCTRL_REGS_INTE_DEV_SUSPEND = 1 << 14;
export const USBCTRL_REGS_INTE_DEV_RESUME_FROM_HOST = 1 << 15;
export const USBCTRL_REGS_INTE_SETUP_REQ = 1 << 16;
export const USBCTRL_REGS_INTS = 0x98;
export const USBCTRL_DPRAM = 0x50100000;
export const USBCTRL_DPRAM_EP1_IN_CONTROL = 0x8;
export const USBCTRL_DPRAM_EP2_IN_CONTROL = 0x10;
export const USBCTRL_DPRAM_EP2_OUT_CONTROL = 0x14;
export const USBCTRL_DPRAM_EP1_IN_CONTROL_ENABLE = 1 << 31;
export const USBCTRL_DPRAM_EP1_IN_CONTROL_INTERRUPT_PER_BUFF = 1 << 29;
export const USBCTRL_DPRAM_EP1_IN_CONTROL_ENDPOINT_TYPE = 3 << 26;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL = 0x80;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_FULL_0 = 1 << 15;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_PID_0 = 1 << 13;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_STALL = 1 << 11;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_AVAILABLE_0 = 1 << 10;
export const USBCTRL_DPRAM_EP0_IN_BUFFER_CONTROL_LENGTH_0 = 1023;
