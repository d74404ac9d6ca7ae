package dev.loraplus.samples.quickstart;

/**
 * One way to train in the comparison.
 *
 * @param name how tables and plots call it
 * @param directory where its adapters go
 * @param learningRate eta_A
 * @param ratio eta_B / eta_A; 1 is LoRA
 */
record Arm(String name, String directory, double learningRate, double ratio) {}
