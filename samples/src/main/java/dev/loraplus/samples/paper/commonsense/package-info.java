/** {@code paper commonsense}: multiple choice by the likelihood of the options. */
@NullMarked
package dev.loraplus.samples.paper.commonsense;

import org.jspecify.annotations.NullMarked;
