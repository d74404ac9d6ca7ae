package dev.loraplus.graph;

import com.sun.jna.Function;
import com.sun.jna.Platform;

/**
 * Environment variables of the process as native libraries see them. TensorFlow and XLA take some
 * settings from nowhere else; Java cannot change the environment, C's {@code setenv} can.
 */
public final class NativeEnvironment {
  private NativeEnvironment() {}

  /**
   * Sets a variable. It must happen before the library that reads it does; {@link System#getenv}
   * does not see it.
   *
   * @param name of the variable
   * @param value what it is to be
   * @return whether it is set; false on Windows, which has no {@code setenv}, and where JNA is not
   *     to be had
   */
  public static boolean set(String name, String value) {
    if (Platform.isWindows()) {
      return false;
    }
    try {
      return Function.getFunction("c", "setenv").invokeInt(new Object[] {name, value, 1}) == 0;
    } catch (LinkageError e) {
      return false;
    }
  }

  /**
   * Sets a variable that the user has not set.
   *
   * @param name of the variable
   * @param value what it is to be
   * @return whether it was free and is now set
   */
  public static boolean setUnlessSet(String name, String value) {
    return System.getenv(name) == null && set(name, value);
  }
}
