package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a network gives for a batch.
 *
 * @param hidden last hidden states, [batch, length, features]
 * @param logits classification [batch, classes], regression [batch, 1], language models [batch,
 *     length, vocabulary]
 */
public record ModelOutputs(Operand<TFloat32> hidden, Operand<TFloat32> logits) {}
