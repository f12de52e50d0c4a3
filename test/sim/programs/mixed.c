// What CoreMark is made of, written here: a linked list searched, reversed and merge-sorted; integer matrices; a state machine that
// tells kinds of numbers in text; and a CRC-16 over everything, so that no part can be left out. Prints the CRC after each part.
#include "board.h"

#ifndef TURNS
#define TURNS 3
#endif
#define NODES 48
#define N 9
#define TEXT 256

// ---- CRC-16/CCITT, reflected (polynomial 0x1021 reversed: 0x8408), a bit at a time
static uint16_t crc;
static void crc8(uint8_t byte) {
  crc ^= byte;
  for (int i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
}
static void crc16(uint16_t value) { crc8((uint8_t)value); crc8((uint8_t)(value >> 8)); }
static void crc32(uint32_t value) { crc16((uint16_t)value); crc16((uint16_t)(value >> 16)); }

// ---- list
typedef struct node {
  struct node *next;
  int16_t value;
  uint16_t rank;
} node;
static node nodes[NODES];

static node *make_list(void) {
  for (int i = 0; i < NODES; i++) {
    nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
    nodes[i].value = (int16_t)(random_word() % 100) - 50;
    nodes[i].rank = (uint16_t)i;
  }
  return nodes;
}

static __attribute__((noinline)) node *reverse(node *head) {
  node *done = 0;
  while (head) {
    node *next = head->next;
    head->next = done;
    done = head;
    head = next;
  }
  return done;
}

static __attribute__((noinline)) int find(const node *head, int16_t value) {
  int steps = 0;
  for (; head; head = head->next, steps++) if (head->value == value) return steps;
  return -1;
}

typedef int (*order)(const node *, const node *);
static int by_value(const node *a, const node *b) { return a->value != b->value ? a->value - b->value : a->rank - b->rank; }
static int by_rank(const node *a, const node *b) { return a->rank - b->rank; }

static node *merge(node *a, node *b, order compare) {
  node head, *last = &head;
  while (a && b) {
    node **least = compare(a, b) <= 0 ? &a : &b;
    last = last->next = *least;
    *least = (*least)->next;
  }
  last->next = a ? a : b;
  return head.next;
}

static __attribute__((noinline)) node *sort(node *head, order compare) {
  if (!head || !head->next) return head;
  node *slow = head, *fast = head->next;
  while (fast && fast->next) { slow = slow->next; fast = fast->next->next; }
  node *second = slow->next;
  slow->next = 0;
  return merge(sort(head, compare), sort(second, compare), compare);
}

static void lists(void) {
  node *list = reverse(make_list());
  for (int16_t value = -50; value < 50; value += 7) crc16((uint16_t)find(list, value));
  list = sort(list, by_value);
  for (const node *at = list; at; at = at->next) crc16((uint16_t)at->value);
  list = sort(list, by_rank);
  for (const node *at = list; at; at = at->next) crc16((uint16_t)(at->value ^ at->rank));
}

// ---- matrices
static int16_t left[N][N], right[N][N];
static int32_t product[N][N];

static __attribute__((noinline)) void multiply(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      int32_t sum = 0;
      for (int k = 0; k < N; k++) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
}

static __attribute__((noinline)) void multiply_fields(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      int32_t sum = 0;
      for (int k = 0; k < N; k++) {
        int32_t term = left[i][k] * right[k][j];
        sum += ((term >> 2) & 15) * ((term >> 5) & 127);
      }
      product[i][j] += sum;
    }
}

static void matrices(int16_t seed) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      left[i][j] = (int16_t)(seed + i * N - j);
      right[i][j] = (int16_t)(random_word() & 1023) - 512;
    }
  multiply();
  multiply_fields();
  int32_t before = 0, score = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      crc32((uint32_t)product[i][j]);
      score += product[i][j] > before ? 10 : 1;
      before = product[i][j];
    }
  crc32((uint32_t)score);
}

// ---- state machine
enum state { START, SIGN, WHOLE, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, POWER, INVALID, STATES };
static char text[TEXT];
static uint32_t ended[STATES], moves[STATES];

static void write_text(void) {
  static const char *const words[] = {"5012", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400", "5.500e+3",
                                      "-.123e-2", "-87e+832", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
  int at = 0;
  while (at < TEXT - 12) {
    for (const char *from = words[random_word() % 14]; *from;) text[at++] = *from++;
    text[at++] = ',';
  }
  text[at] = 0;
}

static __attribute__((noinline)) enum state scan(const char **from) {
  enum state state = START;
  const char *at = *from;
  for (; *at && *at != ','; at++) {
    char c = *at;
    int digit = c >= '0' && c <= '9';
    enum state next = INVALID;
    switch (state) {
      case START: next = digit ? WHOLE : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID; break;
      case SIGN: next = digit ? WHOLE : c == '.' ? POINT : INVALID; break;
      case WHOLE: next = digit ? WHOLE : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID; break;
      case POINT: next = digit ? FRACTION : INVALID; break;
      case FRACTION: next = digit ? FRACTION : c == 'e' ? EXPONENT : INVALID; break;
      case EXPONENT: next = digit ? POWER : c == '+' || c == '-' ? EXPONENT_SIGN : INVALID; break;
      case EXPONENT_SIGN: next = digit ? POWER : INVALID; break;
      case POWER: next = digit ? POWER : INVALID; break;
      default: break;
    }
    if (next != state) moves[state]++;
    state = next;
  }
  *from = *at ? at + 1 : at;
  return state;
}

static void states(uint32_t step) {
  write_text();
  for (int corrupt = 0; corrupt < 2; corrupt++) {
    for (const char *at = text; *at;) ended[scan(&at)]++;
    for (uint32_t i = 0; i < TEXT && text[i]; i += step) if (text[i] != ',') text[i] ^= 5;
  }
  for (int i = 0; i < STATES; i++) { crc32(ended[i]); crc32(moves[i]); }
}

int main(void) {
  for (int turn = 0; turn < TURNS; turn++) {
    lists();
    print_value("list", crc);
    matrices((int16_t)crc);
    print_value("matrix", crc);
    states(3 + turn);
    print_value("state", crc);
  }
  return 0;
}
