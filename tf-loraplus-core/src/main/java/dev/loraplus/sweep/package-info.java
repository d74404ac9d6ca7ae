/** Runs many trials of one task over rates, ranks and seeds; stops and resumes at any moment. */
package dev.loraplus.sweep;
