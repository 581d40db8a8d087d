/* Adds 5 ms to each fsync and fdatasync of a process: cc -shared -fPIC -o slow.so slow_fsync.c -ldl,
 * then LD_PRELOAD=slow.so. Only ever loaded by a bench. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_5_ms(void) {
    struct timespec five = {0, 5 * 1000 * 1000};
    nanosleep(&five, 0);
}

int fsync(int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    wait_5_ms();
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    wait_5_ms();
    return real(file);
}
