package dev.loraplus.dsl;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import kotlin.DslMarker;

/**
 * Marks the receivers of the Kotlin functions, so that an option of an outer section cannot be set
 * by accident in an inner one. Without meaning in Java.
 */
@DslMarker
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface LoraPlusDsl {}
