mod accept;
mod invite;
mod withdraw;
