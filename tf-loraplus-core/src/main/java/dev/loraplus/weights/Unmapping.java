package dev.loraplus.weights;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.Optional;

/**
 * Gives the address space of a mapped buffer back at once. Java 17 leaves that to the garbage
 * collector, until which Windows refuses to delete the file. The way around it, {@code
 * Unsafe.invokeCleaner} of the module {@code jdk.unsupported}, is looked up by name: where it is
 * missing, the collector does it.
 */
final class Unmapping {
  private static final Optional<MethodHandle> CLEANER = cleaner();

  private Unmapping() {}

  /** Unmaps a buffer, which nobody may touch after. */
  static void unmap(MappedByteBuffer buffer) {
    if (CLEANER.isEmpty()) {
      return;
    }
    try {
      CLEANER.get().invokeExact((ByteBuffer) buffer);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a mapped buffer cannot be unmapped", e);
    }
  }

  private static Optional<MethodHandle> cleaner() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return Optional.of(
          MethodHandles.lookup()
              .findVirtual(
                  unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
              .bindTo(instance.get(null)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
