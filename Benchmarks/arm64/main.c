// Checks every kernel of every level this processor has, and the fork-join pool, against plain
// loops in double precision.
#include "check.h"

#include <stdio.h>

int main(void) {
  printf("kernels for");
  for (int level = 0; vk_table_for_level(level); level++) printf(" %s", vk_level_name(level));
  puts("");
  for (int level = 0; vk_table_for_level(level); level++) {
    const vk_table *k = vk_table_for_level(level);
    begin_level(level);
    seed_numbers(1);
    check_products(k);
    check_packing();
    check_functions(k);
    check_elementwise(k);
    check_controllers(k);
    check_usage(k);
    check_content(k);
    check_memory(k);
    check_linkage(k);
    check_denormals(k);
    expect_whole_table();
  }
  begin_level(0);
  check_forkjoin();
  print_account();
  printf("random numbers ended at %016llx\n", (unsigned long long)numbers_state());
  if (failures() > 0) printf("%d checks failed\n", failures());
  return failures() > 0;
}
