// The smallest program: one line on the console of any board.
#include "board.h"

int main(void) {
  print("hello\n");
  return 0;
}
