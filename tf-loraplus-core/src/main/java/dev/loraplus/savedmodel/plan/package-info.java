/** Which weights of a flat graph can carry an adapter, how they are used, and which ones shall. */
package dev.loraplus.savedmodel.plan;
