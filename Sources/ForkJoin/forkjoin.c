#include "ForkJoin.h"
