/*
 * Why the switch refuses a request.  openflow/ gives each its wire numbers, one
 * table a version; flow_error_text says it to a person.
 */
#ifndef FLOW_ERROR_H
#define FLOW_ERROR_H

#define FLOW_ERRORS(X)                                                         \
    X(FLOW_OK, "done")                                                         \
    X(FLOW_BAD_LENGTH, "a length does not fit")                                \
    X(FLOW_BAD_COMMAND, "unknown command")                                     \
    X(FLOW_BAD_FLAGS, "unknown or conflicting flags")                          \
    X(FLOW_BAD_TABLE, "there is no such table")                                \
    X(FLOW_BAD_PRIORITY, "the priority does not fit")                          \
    X(FLOW_TABLE_FULL, "the table is full")                                    \
    X(FLOW_OVERLAP, "overlaps an entry of the same priority")                  \
    X(FLOW_BAD_TIMEOUT, "the time-out cannot be had")                          \
    X(FLOW_OUT_OF_MEMORY, "out of memory")                                     \
    X(FLOW_NO_PERMISSION, "not allowed")                                       \
    X(FLOW_BAD_FIELD, "unknown match field")                                   \
    X(FLOW_BAD_VALUE, "the value does not fit the field")                      \
    X(FLOW_BAD_MASK, "the field cannot have this mask")                        \
    X(FLOW_BAD_WILDCARDS, "a value has bits outside its mask")                 \
    X(FLOW_BAD_PREREQUISITE, "the field needs another one that is not there")  \
    X(FLOW_DUPLICATE_FIELD, "a field is there twice")                          \
    X(FLOW_BAD_ACTION, "unknown action")                                       \
    X(FLOW_BAD_ACTION_LENGTH, "the length of an action does not fit")          \
    X(FLOW_BAD_OUT_PORT, "the output port cannot be")                          \
    X(FLOW_BAD_ARGUMENT, "the argument of an action cannot be")                \
    X(FLOW_BAD_OUT_GROUP, "the action names a group that is not there")        \
    X(FLOW_INCONSISTENT_MATCH, "the action does not fit the match")            \
    X(FLOW_BAD_TAG, "the tag type cannot be pushed")                           \
    X(FLOW_BAD_SET_TYPE, "the field cannot be set")                            \
    X(FLOW_BAD_SET_ARGUMENT, "the value cannot be set")                        \
    X(FLOW_BAD_QUEUE, "there is no such queue")                                \
    X(FLOW_TOO_MANY_ACTIONS, "too many actions")                               \
    X(FLOW_BAD_ACTION_ORDER, "the action cannot be in an action set")          \
    X(FLOW_BAD_INSTRUCTION, "unknown instruction")                             \
    X(FLOW_DUPLICATE_INSTRUCTION, "an instruction is there twice")             \
    X(FLOW_BAD_GOTO, "goto must go to a later table")                          \
    X(FLOW_BAD_METADATA, "the metadata cannot be written")                     \
    X(FLOW_GROUP_EXISTS, "the group is there already")                         \
    X(FLOW_INVALID_GROUP, "the group cannot be")                               \
    X(FLOW_UNKNOWN_GROUP, "there is no such group")                            \
    X(FLOW_GROUP_LOOP, "the group would lead back to itself")                  \
    X(FLOW_GROUP_FULL, "no room for more groups")                              \
    X(FLOW_BUCKETS_FULL, "too many buckets")                                   \
    X(FLOW_BAD_BUCKET, "the bucket cannot be")                                 \
    X(FLOW_BAD_WATCH, "the watched port or group cannot be")                   \
    X(FLOW_METER_EXISTS, "the meter is there already")                         \
    X(FLOW_INVALID_METER, "the meter cannot be")                               \
    X(FLOW_UNKNOWN_METER, "there is no such meter")                            \
    X(FLOW_METER_FULL, "no room for more meters")                              \
    X(FLOW_BAD_BAND, "the band cannot be")                                     \
    X(FLOW_BUFFER_UNKNOWN, "there is no such buffer")                          \
    X(FLOW_BUFFER_EMPTY, "the buffer was used already")                        \
    X(FLOW_BAD_PORT, "there is no such port")                                  \
    X(FLOW_BAD_HARDWARE_ADDRESS, "the hardware address is not the port's")

#define X(name, text) name,
enum flow_error { FLOW_ERRORS(X) FLOW_ERROR_COUNT };
#undef X

const char *flow_error_text(enum flow_error error);

#endif
