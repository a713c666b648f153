mod names;
mod password_reset;
mod session;
mod sign_in;
mod sign_up;
