namespace Lockkeeper.Engines.PostgreSql.Leases;

/// <summary>Who holds a target's lease.</summary>
/// <param name="Epoch">The lease's number; it grows with every holder.</param>
/// <param name="Words">Who, for example <c>anna on build-7, run 20261122-101500-3fa2</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastBeat">When it last gave a sign of life.</param>
/// <param name="Alive">Whether its backend is still connected or its time is not yet up.</param>
public sealed record LeaseHolder(long Epoch, string Words, DateTimeOffset Since, DateTimeOffset LastBeat, bool Alive);
