package dev.loraplus.samples;

/**
 * One example of a classification task.
 *
 * @param text what is read
 * @param label what is to be found
 */
public record LabelledText(String text, String label) {}
