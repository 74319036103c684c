/* Telling who asks of the phases of a step, and of the paths that it took. */
#include "engine/net/net.h"

void net_set_probe(struct lg_net *net, struct lg_probe *probe)
{
    net->probe = probe;
}

void net_watch_paths(struct lg_net *net, uint64_t *paths)
{
    net->paths = paths;
}

void net_begin_phases(struct lg_net *net)
{
    if (!net->probe)
        return;
    net->probe->skips = false;
    net->phase = LG_PHASE_DATA;
    net->probe->enter(net->probe, LG_PHASE_DATA);
    net->listening = net->probe->skips ? NULL : net->probe;
}

void net_end_phases(struct lg_net *net)
{
    if (net->listening)
        net->listening->leave(net->listening);
    net->listening = NULL;
}

void net_change_phase(struct lg_net *net, enum lg_phase phase)
{
    if (phase == net->phase)
        return;
    net->phase = phase;
    net->listening->enter(net->listening, phase);
}
