package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;

/**
 * A parameter in its group.
 *
 * @param parameter the parameter
 * @param group the one group it is in
 * @param decays whether weight decay applies to it
 */
public record GroupMember(TrainableParameter parameter, ParameterGroup group, boolean decays) {}
