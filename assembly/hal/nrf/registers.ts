// Registers of the nRF51 and nRF52 series that drivers use, as offsets from the instance's base; bits are masks in place. The two series
// share blocks and layout (tasks below 0x100 are started by writing 1, events from 0x100 are set by hardware and cleared by writing 0,
// bit n of INTENSET is the event at 0x100 + 4n). Sections: nRF52840 PS v1.7, nRF51 Reference Manual (RM) v3.0.
// test/hal/nrf-registers.test.ts holds every line against the crates nrf52840-pac and nrf51. Unannotated: TypeScript reads them too.

/** CLOCK (PS 5.4.3, RM 13). */
export const CLOCK = 0x40000000;
export const CLOCK_TASKS_HFCLKSTART = 0x000;
export const CLOCK_TASKS_HFCLKSTOP = 0x004;
export const CLOCK_EVENTS_HFCLKSTARTED = 0x100;
export const CLOCK_HFCLKSTAT = 0x40c;
export const CLOCK_HFCLKSTAT_SRC_XTAL = 1 << 0;

/** POWER (PS 5.3.7, RM 12). */
export const POWER = 0x40000000;
export const POWER_RESETREAS = 0x400;
export const POWER_RESETREAS_RESETPIN = 1 << 0;
export const POWER_RESETREAS_DOG = 1 << 1;
export const POWER_RESETREAS_SREQ = 1 << 2;
export const POWER_RESETREAS_LOCKUP = 1 << 3;
export const POWER_GPREGRET = 0x51c;
/** nRF52840 only. */
export const POWER_EVENTS_USBDETECTED = 0x11c;
export const POWER_EVENTS_USBREMOVED = 0x120;
export const POWER_EVENTS_USBPWRRDY = 0x124;
export const POWER_INTENSET = 0x304;
export const POWER_INTENSET_USBDETECTED = 1 << 7;
export const POWER_INTENSET_USBREMOVED = 1 << 8;
export const POWER_INTENSET_USBPWRRDY = 1 << 9;
export const POWER_USBREGSTATUS = 0x438;
export const POWER_USBREGSTATUS_VBUSDETECT = 1 << 0;
export const POWER_USBREGSTATUS_OUTPUTRDY = 1 << 1;

/** GPIO (PS 6.9.3, RM 14): port 1 of the nRF52840 lies 0x300 above port 0. */
export const GPIO = 0x50000000;
export const GPIO_PORT_BYTES = 0x300;
export const GPIO_OUTSET = 0x508;
export const GPIO_OUTCLR = 0x50c;
export const GPIO_IN = 0x510;
export const GPIO_DIRSET = 0x518;
export const GPIO_PIN_CNF = 0x700;
export const GPIO_PIN_CNF_DIR_OUTPUT = 1 << 0;
export const GPIO_PIN_CNF_INPUT_DISCONNECT = 1 << 1;
export const GPIO_PIN_CNF_PULL_PULLUP = 3 << 2;
/** Standard 0, disconnected 1: open drain. */
export const GPIO_PIN_CNF_DRIVE_S0D1 = 6 << 8;

/** UART (RM 29; on the nRF52840 the same block, deprecated). */
export const UART_TASKS_STARTRX = 0x000;
export const UART_TASKS_STARTTX = 0x008;
export const UART_EVENTS_RXDRDY = 0x108;
export const UART_EVENTS_TXDRDY = 0x11c;
export const UART_EVENTS_ERROR = 0x124;
export const UART_INTENSET = 0x304;
export const UART_INTENSET_RXDRDY = 1 << 2;
export const UART_INTENSET_TXDRDY = 1 << 7;
export const UART_INTENSET_ERROR = 1 << 9;
export const UART_ERRORSRC = 0x480;
export const UART_ENABLE = 0x500;
export const UART_ENABLE_ENABLED = 4;
export const UART_PSELRTS = 0x508;
export const UART_PSELTXD = 0x50c;
export const UART_PSELCTS = 0x510;
export const UART_PSELRXD = 0x514;
export const UART_RXD = 0x518;
export const UART_TXD = 0x51c;
export const UART_BAUDRATE = 0x524;
export const UART_BAUDRATE_BAUD115200 = 0x01d7e000;
export const UART_CONFIG = 0x56c;

/** UARTE (PS 6.34.9). */
export const UARTE_TASKS_STARTRX = 0x000;
export const UARTE_TASKS_STARTTX = 0x008;
export const UARTE_EVENTS_ENDRX = 0x110;
export const UARTE_EVENTS_ENDTX = 0x120;
export const UARTE_EVENTS_ERROR = 0x124;
export const UARTE_INTENSET = 0x304;
export const UARTE_INTENSET_ENDRX = 1 << 4;
export const UARTE_INTENSET_ENDTX = 1 << 8;
export const UARTE_INTENSET_ERROR = 1 << 9;
export const UARTE_ERRORSRC = 0x480;
export const UARTE_ENABLE = 0x500;
export const UARTE_ENABLE_ENABLED = 8;
export const UARTE_PSEL_RTS = 0x508;
export const UARTE_PSEL_TXD = 0x50c;
export const UARTE_PSEL_CTS = 0x510;
export const UARTE_PSEL_RXD = 0x514;
export const UARTE_BAUDRATE = 0x524;
export const UARTE_BAUDRATE_BAUD9600 = 0x00275000;
export const UARTE_BAUDRATE_BAUD38400 = 0x009d0000;
export const UARTE_BAUDRATE_BAUD57600 = 0x00eb0000;
export const UARTE_BAUDRATE_BAUD115200 = 0x01d60000;
export const UARTE_BAUDRATE_BAUD230400 = 0x03b00000;
export const UARTE_BAUDRATE_BAUD460800 = 0x07400000;
export const UARTE_BAUDRATE_BAUD921600 = 0x0f000000;
export const UARTE_BAUDRATE_BAUD1M = 0x10000000;
export const UARTE_RXD_PTR = 0x534;
export const UARTE_RXD_MAXCNT = 0x538;
export const UARTE_RXD_AMOUNT = 0x53c;
export const UARTE_TXD_PTR = 0x544;
export const UARTE_TXD_MAXCNT = 0x548;
export const UARTE_CONFIG = 0x56c;

/** TIMER (PS 6.30.5, RM 17). */
export const TIMER_TASKS_START = 0x000;
export const TIMER_TASKS_STOP = 0x004;
export const TIMER_TASKS_CLEAR = 0x00c;
export const TIMER_TASKS_CAPTURE = 0x040;
export const TIMER_EVENTS_COMPARE = 0x140;
export const TIMER_INTENSET = 0x304;
export const TIMER_INTENCLR = 0x308;
export const TIMER_INTENSET_COMPARE1 = 1 << 17;
export const TIMER_MODE = 0x504;
export const TIMER_MODE_TIMER = 0;
export const TIMER_BITMODE = 0x508;
export const TIMER_BITMODE_32BIT = 3;
export const TIMER_PRESCALER = 0x510;
export const TIMER_CC = 0x540;

/** WDT (PS 6.36.4, RM 21). */
export const WDT = 0x40010000;
export const WDT_TASKS_START = 0x000;
export const WDT_INTENSET = 0x304;
export const WDT_INTENSET_TIMEOUT = 1 << 0;
export const WDT_RUNSTATUS = 0x400;
export const WDT_CRV = 0x504;
export const WDT_RREN = 0x508;
export const WDT_CONFIG = 0x50c;
export const WDT_CONFIG_SLEEP = 1 << 0;
export const WDT_RR = 0x600;
export const WDT_RR_RELOAD = 0x6e524635;

/** NVMC (PS 4.3.9, RM 6). */
export const NVMC = 0x4001e000;
export const NVMC_READY = 0x400;
export const NVMC_CONFIG = 0x504;
export const NVMC_CONFIG_REN = 0;
export const NVMC_CONFIG_WEN = 1;
export const NVMC_CONFIG_EEN = 2;
export const NVMC_ERASEPAGE = 0x508;

/** TWIM (PS 6.31.7). */
export const TWIM_TASKS_STARTRX = 0x000;
export const TWIM_TASKS_STARTTX = 0x008;
export const TWIM_TASKS_STOP = 0x014;
export const TWIM_EVENTS_STOPPED = 0x104;
export const TWIM_EVENTS_ERROR = 0x124;
export const TWIM_SHORTS = 0x200;
export const TWIM_SHORTS_LASTTX_STARTRX = 1 << 7;
export const TWIM_SHORTS_LASTTX_STOP = 1 << 9;
export const TWIM_SHORTS_LASTRX_STOP = 1 << 12;
export const TWIM_ERRORSRC = 0x4c4;
export const TWIM_ERRORSRC_OVERRUN = 1 << 0;
export const TWIM_ERRORSRC_ANACK = 1 << 1;
export const TWIM_ERRORSRC_DNACK = 1 << 2;
export const TWIM_ENABLE = 0x500;
export const TWIM_ENABLE_ENABLED = 6;
export const TWIM_PSEL_SCL = 0x508;
export const TWIM_PSEL_SDA = 0x50c;
export const TWIM_FREQUENCY = 0x524;
export const TWIM_FREQUENCY_K100 = 0x01980000;
export const TWIM_FREQUENCY_K400 = 0x06400000;
export const TWIM_RXD_PTR = 0x534;
export const TWIM_RXD_MAXCNT = 0x538;
export const TWIM_TXD_PTR = 0x544;
export const TWIM_TXD_MAXCNT = 0x548;
export const TWIM_ADDRESS = 0x588;

/** PDM (PS 6.15.7). */
export const PDM = 0x4001d000;
export const PDM_TASKS_START = 0x000;
export const PDM_TASKS_STOP = 0x004;
export const PDM_EVENTS_STARTED = 0x100;
export const PDM_EVENTS_END = 0x108;
export const PDM_INTENSET = 0x304;
export const PDM_INTENCLR = 0x308;
export const PDM_INTENSET_STARTED = 1 << 0;
export const PDM_INTENSET_END = 1 << 2;
export const PDM_ENABLE = 0x500;
export const PDM_ENABLE_ENABLED = 1;
export const PDM_PDMCLKCTRL = 0x504;
export const PDM_PDMCLKCTRL_1000K = 0x08000000;
export const PDM_PDMCLKCTRL_DEFAULT = 0x08400000;
export const PDM_PDMCLKCTRL_1280K = 0x0a000000;
export const PDM_MODE = 0x508;
export const PDM_MODE_OPERATION_MONO = 1 << 0;
export const PDM_GAINL = 0x518;
export const PDM_GAINR = 0x51c;
export const PDM_GAINL_DEFAULT_GAIN = 0x28;
export const PDM_RATIO = 0x520;
export const PDM_RATIO_RATIO64 = 0;
export const PDM_RATIO_RATIO80 = 1;
export const PDM_PSEL_CLK = 0x540;
export const PDM_PSEL_DIN = 0x544;
export const PDM_SAMPLE_PTR = 0x560;
export const PDM_SAMPLE_MAXCNT = 0x564;

/** SAADC (PS 6.23.9). */
export const SAADC = 0x40007000;
export const SAADC_TASKS_START = 0x000;
export const SAADC_TASKS_SAMPLE = 0x004;
export const SAADC_TASKS_STOP = 0x008;
export const SAADC_EVENTS_STARTED = 0x100;
export const SAADC_EVENTS_END = 0x104;
export const SAADC_INTENSET = 0x304;
export const SAADC_INTENCLR = 0x308;
export const SAADC_INTENSET_STARTED = 1 << 0;
export const SAADC_INTENSET_END = 1 << 1;
export const SAADC_ENABLE = 0x500;
export const SAADC_ENABLE_ENABLED = 1;
export const SAADC_CH_PSELP = 0x510;
export const SAADC_CH_PSELN = 0x514;
export const SAADC_CH_CONFIG = 0x518;
/** Gain 1/6 of the internal 0.6 V: 3.6 V full scale. */
export const SAADC_CH_CONFIG_GAIN_GAIN1_6 = 0 << 8;
export const SAADC_CH_CONFIG_TACQ_10US = 2 << 16;
export const SAADC_RESOLUTION = 0x5f0;
export const SAADC_RESOLUTION_12BIT = 2;
export const SAADC_SAMPLERATE = 0x5f8;
export const SAADC_SAMPLERATE_MODE_TIMERS = 1 << 12;
export const SAADC_RESULT_PTR = 0x62c;
export const SAADC_RESULT_MAXCNT = 0x630;

/** PPI (PS 6.16.2). */
export const PPI = 0x4001f000;
export const PPI_CHENSET = 0x504;
export const PPI_CHENCLR = 0x508;
export const PPI_CH_EEP = 0x510;
export const PPI_CH_TEP = 0x514;

/** FICR (PS 4.4.1): 64 bits that no other chip has. */
export const FICR = 0x10000000;
export const FICR_DEVICEID = 0x060;

/** USBD (PS 6.35.13): collections by endpoint, 4 bytes apart; EPIN and EPOUT 0x14. */
export const USBD = 0x40027000;
export const USBD_TASKS_STARTEPIN = 0x004;
export const USBD_TASKS_STARTEPOUT = 0x028;
export const USBD_TASKS_EP0RCVOUT = 0x04c;
export const USBD_TASKS_EP0STATUS = 0x050;
export const USBD_TASKS_EP0STALL = 0x054;
export const USBD_EVENTS_USBRESET = 0x100;
export const USBD_EVENTS_ENDEPIN = 0x108;
export const USBD_EVENTS_EP0DATADONE = 0x128;
export const USBD_EVENTS_ENDEPOUT = 0x130;
export const USBD_EVENTS_USBEVENT = 0x158;
export const USBD_EVENTS_EP0SETUP = 0x15c;
export const USBD_EVENTS_EPDATA = 0x160;
export const USBD_INTENSET = 0x304;
export const USBD_INTENSET_USBRESET = 1 << 0;
export const USBD_INTENSET_EP0DATADONE = 1 << 10;
export const USBD_INTENSET_USBEVENT = 1 << 22;
export const USBD_INTENSET_EP0SETUP = 1 << 23;
export const USBD_INTENSET_EPDATA = 1 << 24;
export const USBD_EVENTCAUSE = 0x400;
export const USBD_EVENTCAUSE_SUSPEND = 1 << 8;
export const USBD_EVENTCAUSE_RESUME = 1 << 9;
export const USBD_EVENTCAUSE_READY = 1 << 11;
export const USBD_EPDATASTATUS = 0x46c;
export const USBD_EPDATASTATUS_EPIN2 = 1 << 2;
export const USBD_EPDATASTATUS_EPOUT2 = 1 << 18;
export const USBD_BMREQUESTTYPE = 0x480;
export const USBD_SIZE_EPOUT = 0x4a0;
export const USBD_ENABLE = 0x500;
export const USBD_USBPULLUP = 0x504;
export const USBD_DTOGGLE = 0x50c;
export const USBD_DTOGGLE_VALUE_DATA0 = 1 << 8;
export const USBD_EPINEN = 0x510;
export const USBD_EPOUTEN = 0x514;
export const USBD_EPSTALL = 0x518;
export const USBD_EPSTALL_STALL = 1 << 8;
export const USBD_EPIN0_PTR = 0x600;
export const USBD_EPIN0_MAXCNT = 0x604;
export const USBD_EPOUT0_PTR = 0x700;
export const USBD_EPOUT0_MAXCNT = 0x704;
