// newlib's printf over the UART: formats, malloc, string functions, 64-bit and floating-point output.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "board.h"

int _write(int file, const char *text, int length) {
  (void)file;
  for (int i = 0; i < length; i++) uart_put(text[i]);
  return length;
}

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  printf("hello %s, %d %5d|%-5d|%05d %x %X %#o %c\n", "board", -42, 17, 17, 17, 0xbeef, 0xcafe, 8, 'z');
  printf("%u %ld %lu\n", 4000000000u, -2000000000l, 4000000000ul);
  int values[32];
  for (int i = 0; i < 32; i++) values[i] = (int)(random_word() % 1000);
  qsort(values, 32, sizeof *values, compare);
  for (int i = 0; i < 32; i++) printf("%d%c", values[i], i % 16 == 15 ? '\n' : ' ');
  char *text = malloc(100);
  strcpy(text, "abc");
  for (int i = 0; i < 5; i++) strcat(text, "-def");
  printf("%s %u %s\n", text, (unsigned)strlen(text), strstr(text, "f-d"));
  free(text);
  char buffer[40];
  snprintf(buffer, sizeof buffer, "%08lx", (unsigned long)random_word());
  printf("%s %d\n", buffer, atoi("12345") + (int)strtol("-7f", 0, 16));
  return 0;
}
