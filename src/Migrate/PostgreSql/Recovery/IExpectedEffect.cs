using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>What a statement that no transaction covers is to change in the catalog: after a crash the catalog says whether it did.</summary>
internal interface IExpectedEffect
{
    /// <summary>The effect in words, for example <c>index orders_note is valid</c>.</summary>
    string Words { get; }

    /// <summary>What the catalog says now. The answer before the statement is sent is kept with its intent, and compared with the one after a crash.</summary>
    Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel);

    /// <summary>Judges what the catalog says.</summary>
    /// <param name="before">What it said before the statement was sent.</param>
    /// <param name="now">What it says now.</param>
    Standing Judge(string before, string now);

    /// <summary>Whether a session builds at this moment what would otherwise be debris.</summary>
    Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel);

    /// <summary>Removes debris, so that the statement can be sent again, or finishes what was begun.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sender">Sends what changes something.</param>
    /// <param name="before">What the catalog said before the statement was sent.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was done, in words.</returns>
    Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel);
}

/// <summary>How a statement stands by the catalog.</summary>
internal enum Standing
{
    /// <summary>Nothing of it is there.</summary>
    Undone,

    /// <summary>All of it is there.</summary>
    Done,

    /// <summary>A part of it is there, which has to be cleared away or finished.</summary>
    Debris,
}
