/*
 * The yardstick of bench/kernel.ts: one run of an EMA 12/26 cross, long only, with a stop and a target, fees, slippage,
 * equity and drawdown at every bar, in the arithmetic of src/execution/fast-path.ts: whole units held in doubles.
 *
 * Usage: kernel <columns file> <fused|columns> <price scale> <tick> <lot> <multiplier> <divisor> <minimum notional>
 *               <cash scale> <capital> <size percent> <stop percent> <target ratio> <taker> <maker> <taker bps>
 * For each line on stdin it runs once and prints CPU nanoseconds, trades, and the hashes of equity and drawdown.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_SCALE 10000000.0
#define FAST 12
#define SLOW 26

static double price_scale, tick, lot, multiplier, divisor, min_notional, cash_scale, capital, size_percent, stop_percent,
    target_ratio, taker_rate, maker_rate, taker_bps;
static size_t length;
static const double *open_, *high, *low, *close_;
static double *equity, *drawdown, *fast_average, *slow_average;
static int8_t *signals;

static double cash, quantity, stop, target, below, above, distance, budget, peak;
static int exit_waits, entry_waits;
static long trades;

static void give_up(const char *what) { fprintf(stderr, "kernel: %s\n", what); exit(3); }

/* Math.round for the positive prices of this bench. */
static inline double whole(double x) { return floor(x + 0.5); }
static inline double rest_of(double a, double b) { return a - floor(a / b) * b; }

static double product_of(double a, double b) {
  double product = a * b;
  if (product > 9007199254740991.0) give_up("a product left the exact range");
  return product;
}
static double notional_down(double price, double n) {
  double product = product_of(price * multiplier, n);
  return (product - rest_of(product, divisor)) / divisor;
}
static double notional_up(double price, double n) {
  double product = product_of(price * multiplier, n), rest = rest_of(product, divisor);
  return (product - rest) / divisor + (rest > 0 ? 1 : 0);
}
static double fee_of(double notional, double rate) {
  double rest = rest_of(notional, RATE_SCALE);
  return (notional - rest) / RATE_SCALE * rate + ceil(rest * rate / RATE_SCALE);
}
static double after_fee(double money, double rate) {
  double value = floor(money / (1 + rate / RATE_SCALE));
  while (value > 0 && value + fee_of(value, rate) > money) value--;
  while (value >= 0 && value + 1 + fee_of(value + 1, rate) <= money) value++;
  return value < 0 ? 0 : value;
}
static double affordable(double price, double money) {
  double spend = after_fee(floor(money), taker_rate);
  if (spend <= 0) return 0;
  double n = floor(spend / (price * (multiplier / divisor)));
  n -= rest_of(n, lot);
  while (n > 0 && notional_up(price, n) > spend) n -= lot;
  while (notional_up(price, n + lot) <= spend) n += lot;
  return n;
}
static double worsened(double price, int side) {
  if (taker_bps == 0) return price;
  double raw = price * (10000 + side * taker_bps) / 10000 / tick, ticks = side > 0 ? ceil(raw) : floor(raw);
  return ticks < 1 ? tick : ticks * tick;
}
/* Up to a tick; what lies within a ten-thousandth of the tick below counts as that one. */
static double ticks_up(double price) { return ceil(price * price_scale / tick - 1e-4) * tick; }

static void flat(void) { quantity = stop = target = 0; below = -INFINITY; above = INFINITY; }

static void leave(double price, double rate) {
  double proceeds = notional_down(price, quantity);
  cash += proceeds - fee_of(proceeds, rate);
  flat();
}

static int decide(size_t i, int side) {
  if (quantity != 0) return exit_waits = 1;
  if (side < 0) return 0;
  double last = whole(close_[i] * price_scale);
  double reach = last / price_scale * stop_percent / 100;
  distance = fmax(tick, ticks_up(reach));
  budget = fmin(floor(cash * size_percent / 100), floor(cash));
  double expected = affordable(last, budget);
  if (expected < lot || notional_up(last, expected) < min_notional) give_up("an order was refused");
  return entry_waits = 1;
}

static void enter(double open) {
  double price = worsened(open, 1), n = affordable(price, fmin(budget, cash));
  double cost = notional_up(price, n), fee = fee_of(cost, taker_rate);
  if (n <= 0 || cost + fee > cash) give_up("the cash does not cover an entry");
  stop = fmax(1, price - distance);
  target = fmax(tick, ticks_up(price / price_scale + target_ratio * (fabs(price - stop) / price_scale)));
  below = stop / price_scale;
  above = target / price_scale;
  cash -= cost + fee;
  quantity = n;
  trades++;
}

static void at_open(double open) {
  int waits = exit_waits;
  exit_waits = 0;
  if (open <= stop) leave(worsened(open, -1), taker_rate);
  else if (open > target) leave(open, maker_rate);
  else if (waits) leave(worsened(open, -1), taker_rate);
}

static void trade(size_t i) {
  double open = whole(open_[i] * price_scale);
  if (quantity != 0) at_open(open);
  if (entry_waits) {
    entry_waits = 0;
    enter(open);
    at_open(open);
  }
  if (quantity == 0) return;
  if (whole(low[i] * price_scale) <= stop) leave(worsened(open < stop ? open : stop, -1), taker_rate);
  else if (whole(high[i] * price_scale) > target) leave(open > target ? open : target, maker_rate);
}

static void start(void) {
  cash = whole(capital * cash_scale);
  peak = capital;
  exit_waits = entry_waits = 0;
  trades = 0;
  flat();
}

/* The value of the account at the close of bar i, cash units. */
static inline double advance(size_t i, int signal, int *waiting) {
  if (*waiting || low[i] <= below || high[i] >= above) { trade(i); *waiting = 0; }
  double value = quantity == 0 ? cash : cash + whole(close_[i] * price_scale) * quantity * (multiplier / divisor);
  if (value <= 0) give_up("the account is lost");
  if (signal != 0 && signal * quantity <= 0) *waiting = decide(i, signal);
  return value;
}

static double finish(double value) {
  if (quantity == 0) return value;
  leave(worsened(whole(close_[length - 1] * price_scale), -1), taker_rate);
  return cash;
}

static inline void show(size_t i, double value) {
  equity[i] = value / cash_scale;
  if (equity[i] > peak) peak = equity[i];
  drawdown[i] = 1 - equity[i] / peak;
}

static inline int cross(double fast, double slow, double fast_before, double slow_before) {
  if (fast_before <= slow_before && fast > slow) return 1;
  return fast_before >= slow_before && fast < slow ? -1 : 0;
}

/* Everything in one loop, with no column but the results. */
static void run_fused(void) {
  double fast = close_[0], slow = close_[0], value = 0;
  int waiting = 0;
  for (size_t i = 0; i < length; i++) {
    double fast_before = fast, slow_before = slow;
    fast += 2.0 / (FAST + 1) * (close_[i] - fast);
    slow += 2.0 / (SLOW + 1) * (close_[i] - slow);
    value = advance(i, i >= SLOW ? cross(fast, slow, fast_before, slow_before) : 0, &waiting);
    if (i + 1 == length) value = finish(value);
    show(i, value);
  }
}

static void ema(int span, double *out) {
  double average = close_[0];
  for (size_t i = 0; i < length; i++) {
    average += 2.0 / (span + 1) * (close_[i] - average);
    out[i] = i + 1 < (size_t)span ? NAN : average;
  }
}

/* One pass and one column for each step, as the library works. */
static void run_columns(void) {
  const double *fast = fast_average, *slow = slow_average;
  ema(FAST, fast_average);
  ema(SLOW, slow_average);
  for (size_t i = 1; i < length; i++) signals[i] = (int8_t)cross(fast[i], slow[i], fast[i - 1], slow[i - 1]);
  int waiting = 0;
  for (size_t i = 0; i < length; i++) equity[i] = advance(i, signals[i], &waiting);
  equity[length - 1] = finish(equity[length - 1]);
  for (size_t i = 0; i < length; i++) show(i, equity[i]);
}

static uint32_t fnv1a(const double *column) {
  uint32_t hash = 2166136261u;
  const uint8_t *bytes = (const uint8_t *)column;
  for (size_t i = 0; i < length * sizeof *column; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static double cpu_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  double *settings[] = {&price_scale, &tick, &lot, &multiplier, &divisor, &min_notional, &cash_scale, &capital,
                        &size_percent, &stop_percent, &target_ratio, &taker_rate, &maker_rate, &taker_bps};
  if (argc != 17) give_up("expected 16 arguments");
  for (int k = 0; k < 14; k++) *settings[k] = strtod(argv[k + 3], NULL);
  void (*run)(void) = strcmp(argv[2], "fused") == 0 ? run_fused : run_columns;
  FILE *file = fopen(argv[1], "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) give_up("cannot open the columns");
  size_t bytes = (size_t)ftell(file);
  rewind(file);
  double *columns = malloc(bytes);
  if (fread(columns, 1, bytes, file) != bytes) give_up("cannot read the columns");
  length = bytes / sizeof(double) / 4;
  open_ = columns, high = open_ + length, low = high + length, close_ = low + length;
  /* One memory for all runs: what fresh pages cost depends on the machine's other guests. */
  size_t size = length * sizeof(double);
  equity = malloc(size), drawdown = malloc(size), fast_average = malloc(size), slow_average = malloc(size);
  signals = calloc(length, 1);
  for (char line[16]; fgets(line, sizeof line, stdin);) {
    double before = cpu_ns();
    start();
    run();
    double spent = cpu_ns() - before;
    printf("%.0f %ld %08x %08x\n", spent, trades, fnv1a(equity), fnv1a(drawdown));
    fflush(stdout);
  }
  return 0;
}
